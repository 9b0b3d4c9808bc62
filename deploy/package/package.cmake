# What is installed where, and the two Debian packages that CPack makes of it: `cpack --config build/CPackConfig.cmake`.
# seinpost: both programs, schemas, pages, configuration, unit. seinpost-rules: watch rules, model and scenarios, for all machines.
include(GNUInstallDirs)
set(package_folder ${CMAKE_CURRENT_LIST_DIR})
set(share ${CMAKE_INSTALL_DATADIR}/seinpost)

install(TARGETS seinpost seinpostd COMPONENT seinpost)
install(DIRECTORY ${CMAKE_BINARY_DIR}/pages/ DESTINATION ${CMAKE_INSTALL_DATADIR} COMPONENT seinpost)
install(DIRECTORY schemas DESTINATION ${share} COMPONENT seinpost)
install(FILES deploy/seinpost.yaml DESTINATION ${share}/deploy COMPONENT seinpost) # the demo's
install(DIRECTORY deploy/rules deploy/model deploy/scenarios DESTINATION ${share}/deploy COMPONENT seinpost-rules)
install(DIRECTORY deploy/watch DESTINATION ${share} COMPONENT seinpost)
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT seinpost)

# The rest is of a system alone: `cmake --install` into a folder of one's own leaves it out.
if(SEINPOST_SYSTEM)
  # The same configuration, with the paths of a system in place of those of this tree.
  file(READ deploy/seinpost.yaml text)
  foreach(line IN ITEMS
      "schemas: ../schemas|schemas: /usr/share/seinpost/schemas"
      "rules: rules|rules: /usr/share/seinpost/deploy/rules"
      "model: model|model: /usr/share/seinpost/deploy/model"
      "file: pseudonym.key|credential: pseudonym.key"
      "snapshots: {folder: snapshots|snapshots: {folder: /var/lib/seinpost/snapshots")
    string(REGEX MATCH "^[^|]*" from "${line}")
    string(REGEX REPLACE "^[^|]*[|]" "" to "${line}")
    string(FIND "${text}" "${from}" place)
    if(place EQUAL -1)
      message(FATAL_ERROR "deploy/seinpost.yaml has no '${from}'")
    endif()
    string(REPLACE "${from}" "${to}" text "${text}")
  endforeach()
  file(WRITE ${CMAKE_BINARY_DIR}/package/seinpost.yaml "${text}")
  install(FILES ${CMAKE_BINARY_DIR}/package/seinpost.yaml DESTINATION /etc/seinpost COMPONENT seinpost)
  install(FILES ${package_folder}/seinpostd.service DESTINATION /lib/systemd/system COMPONENT seinpost)
  install(FILES ${package_folder}/seinpost.sysusers DESTINATION /usr/lib/sysusers.d RENAME seinpost.conf COMPONENT seinpost)
  install(FILES ${package_folder}/seinpost.tmpfiles DESTINATION /usr/lib/tmpfiles.d RENAME seinpost.conf COMPONENT seinpost)
  file(WRITE ${CMAKE_BINARY_DIR}/package/conffiles "/etc/seinpost/seinpost.yaml\n")
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME seinpost)
set(CPACK_PACKAGE_VENDOR Seinpost)
set(CPACK_PACKAGE_CONTACT "Seinpost developers <seinpost@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL seinpost seinpost-rules)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_SEINPOST_PACKAGE_NAME seinpost)
set(CPACK_DEBIAN_SEINPOST_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_SEINPOST_PACKAGE_DEPENDS systemd)
set(CPACK_DEBIAN_SEINPOST_PACKAGE_RECOMMENDS "seinpost-rules (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_SEINPOST_PACKAGE_CONTROL_EXTRA
  "${package_folder}/postinst;${package_folder}/prerm;${package_folder}/postrm;${CMAKE_BINARY_DIR}/package/conffiles")
set(CPACK_COMPONENT_SEINPOST_DESCRIPTION "correlates partners' signal events into explained alerts
The daemon seinpostd consumes signal events from partners' Kafka topics,
correlates them against watch rules and publishes explained alerts; the tool
seinpost checks, tests, explains and replays rules.")
# CMake names a component's variables by its name in capitals, with the hyphen as it is.
set(CPACK_DEBIAN_SEINPOST-RULES_PACKAGE_NAME seinpost-rules)
set(CPACK_DEBIAN_SEINPOST-RULES_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_SEINPOST-RULES_PACKAGE_DEPENDS "seinpost (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_SEINPOST-RULES_DESCRIPTION "watch rules and scenarios for seinpost
Rules for indicators of people smuggling and illegal employment over six
sectors, each with its legal basis, its tests and what exonerates, and
made-up events that show them at work.")
include(CPack)
