#include "seinpost/plain/phrase.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"

static const char *const codes[LANGUAGES_COUNT] = {[LANGUAGE_EN] = "en", [LANGUAGE_NL] = "nl"};

static const char *const phrases[PHRASES_COUNT][LANGUAGES_COUNT] = {
    [PHRASE_AND] = {" and ", " en "},
    [PHRASE_OR] = {" or ", " of "},
    [PHRASE_SEMICOLON] = {"; ", "; "},
    [PHRASE_THEN] = {", then ", ", daarna "},
    [PHRASE_AND_MORE] = {"{0} and {1} more", "{0} en nog {1}"},
    [PHRASE_NOT] = {"not so: ({0})", "niet zo: ({0})"},
    [PHRASE_AT_LEAST_OF] = {"at least {0} of these: {1}", "minstens {0} van deze: {1}"},

    [PHRASE_MS] = {"{0} milliseconds", "{0} milliseconden"},
    [PHRASE_SECOND] = {"1 second", "1 seconde"},
    [PHRASE_SECONDS] = {"{0} seconds", "{0} seconden"},
    [PHRASE_MINUTE] = {"1 minute", "1 minuut"},
    [PHRASE_MINUTES] = {"{0} minutes", "{0} minuten"},
    [PHRASE_HOUR] = {"1 hour", "1 uur"},
    [PHRASE_HOURS] = {"{0} hours", "{0} uur"},
    [PHRASE_DAY] = {"1 day", "1 dag"},
    [PHRASE_DAYS] = {"{0} days", "{0} dagen"},
    [PHRASE_TRUE] = {"true", "waar"},
    [PHRASE_FALSE] = {"false", "onwaar"},

    [PHRASE_HOUR_OF] = {"the hour of {0} (UTC)", "het uur van {0} (UTC)"},
    [PHRASE_DAY_OF] = {"the day of the month of {0} (UTC)",
                       "de dag van de maand van {0} (UTC)"},
    [PHRASE_WEEK_OF] = {"the week of {0} (ISO 8601)", "de week van {0} (ISO 8601)"},
    [PHRASE_MONTH_OF] = {"the month of {0} (UTC)", "de maand van {0} (UTC)"},
    [PHRASE_COUNTRY_OF] = {"the country of {0}", "het land van {0}"},
    [PHRASE_EVENT_ID] = {"the event's id", "het kenmerk van het signaal"},
    [PHRASE_EVENT_SOURCE] = {"the event's source", "de bron van het signaal"},
    [PHRASE_EVENT_TIME] = {"the event's time", "de tijd van het signaal"},
    [PHRASE_EVENT_TYPE] = {"the event's type", "het soort signaal"},
    [PHRASE_PLUS] = {"{0} plus {1}", "{0} plus {1}"},
    [PHRASE_MINUS] = {"{0} minus {1}", "{0} min {1}"},
    [PHRASE_TIMES] = {"{0} times {1}", "{0} maal {1}"},
    [PHRASE_DIVIDED] = {"{0} divided by {1}", "{0} gedeeld door {1}"},
    [PHRASE_OF_ENTRY] = {"{0} of {1}", "{0} van {1}"},

    [PHRASE_IS] = {"{0} is {1}", "{0} is {1}"},
    [PHRASE_IS_NOT] = {"{0} is not {1}", "{0} is niet {1}"},
    [PHRASE_ONE_OF] = {"{0} is one of {1}", "{0} is een van {1}"},
    [PHRASE_NONE_OF] = {"{0} is none of {1}", "{0} is geen van {1}"},
    [PHRASE_ALL_OF] = {"{0} has all of {1}", "{0} heeft elk van {1}"},
    [PHRASE_CONTAINS] = {"{0} contains {1}", "{0} bevat {1}"},
    [PHRASE_STARTS] = {"{0} begins with {1}", "{0} begint met {1}"},
    [PHRASE_ENDS] = {"{0} ends with {1}", "{0} eindigt op {1}"},
    [PHRASE_MATCHES] = {"{0} matches the expression {1}", "{0} past op de uitdrukking {1}"},
    [PHRASE_LESS] = {"{0} is less than {1}", "{0} is minder dan {1}"},
    [PHRASE_LESS_EQUAL] = {"{0} is at most {1}", "{0} is hoogstens {1}"},
    [PHRASE_GREATER] = {"{0} is more than {1}", "{0} is meer dan {1}"},
    [PHRASE_GREATER_EQUAL] = {"{0} is at least {1}", "{0} is minstens {1}"},
    [PHRASE_BETWEEN] = {"{0} is from {1} to {2}, both included",
                        "{0} is van {1} tot en met {2}"},
    [PHRASE_EXISTS] = {"{0} is filled in", "{0} is ingevuld"},
    [PHRASE_MISSING] = {"{0} is missing", "{0} ontbreekt"},
    [PHRASE_LISTED] = {"{0} is on the list '{1}'", "{0} staat op de lijst '{1}'"},
    [PHRASE_NOT_LISTED] = {"{0} is not on the list '{1}'", "{0} staat niet op de lijst '{1}'"},
    [PHRASE_OR_MISSING] = {"{0} (or missing)", "{0} (of ontbreekt)"},
    [PHRASE_CASED] = {"{0} (capitals count)", "{0} (hoofdletters tellen)"},

    [PHRASE_COUNT] = {"the number of events {0}", "het aantal signalen {0}"},
    [PHRASE_COUNT_HAVING] = {"the number of events {0} with {1}",
                             "het aantal signalen {0} met {1}"},
    [PHRASE_DISTINCT] = {"the number of different values of {1} in {0}",
                         "het aantal verschillende waarden van {1} in {0}"},
    [PHRASE_ENTRIES] = {"how many of {0} are there", "hoeveel van {0} er zijn"},
    [PHRASE_ORDERED] = {"how many of {0} are there in this order",
                        "hoeveel van {0} er zijn in deze volgorde"},
    [PHRASE_COUNTING_FROM] = {"{0} (at least {1} times)", "{0} (minstens {1} keer)"},
    [PHRASE_SUM] = {"the sum of {1} of {0}", "de som van {1} van {0}"},
    [PHRASE_AVERAGE] = {"the average of {1} of {0}", "het gemiddelde van {1} van {0}"},
    [PHRASE_LEAST] = {"the least {1} of {0}", "de laagste {1} van {0}"},
    [PHRASE_MOST] = {"the highest {1} of {0}", "de hoogste {1} van {0}"},
    [PHRASE_RATIO] = {"{0} divided by {1}", "{0} gedeeld door {1}"},
    [PHRASE_SPEED] = {"the speed between two of {0}, in km/h,",
                      "de snelheid tussen twee van {0}, in km/u,"},
    [PHRASE_DISTANCE] = {"the distance between two of {0}, in km,",
                         "de afstand tussen twee van {0}, in km,"},
    [PHRASE_SCORE] = {"the sum of the weights of the alerts",
                      "de som van de gewichten van de meldingen"},
    [PHRASE_SECTORS] = {"the number of different sectors of the alerts",
                        "het aantal verschillende sectoren van de meldingen"},
    [PHRASE_STAGES] = {"the number of different stages of the alerts",
                       "het aantal verschillende stadia van de meldingen"},
    [PHRASE_LINK_ENTITIES] = {"the number of identities that hang together",
                              "het aantal identiteiten dat samenhangt"},
    [PHRASE_LINK_SECTORS] = {"the number of different sectors of what links them",
                             "het aantal verschillende sectoren van wat ze verbindt"},
    [PHRASE_LINK_STAGES] = {"the number of different stages of the alerts among it",
                            "het aantal verschillende stadia van de meldingen daarbij"},
    [PHRASE_LINK_INDICATORS] = {"the number of different rules of the alerts among it",
                                "het aantal verschillende regels van de meldingen daarbij"},
    [PHRASE_NAMED] = {"{0} ({1})", "{0} ({1})"},

    [PHRASE_WITHIN] = {"all within {0}", "dit alles binnen {0}"},
    [PHRASE_BUCKET] = {"all in one bucket of {0}, counted from 1970-01-01T00:00:00Z",
                       "alles in een vak van {0}, geteld vanaf 1970-01-01T00:00:00Z"},
    [PHRASE_SESSION] = {"all in one session: each at most {1} after the one before it, and at "
                        "most {0} after the first",
                        "alles in een reeks: elk hoogstens {1} na de vorige, en hoogstens {0} "
                        "na de eerste"},
    [PHRASE_STEP] = {"{0}", "{0}"},
    [PHRASE_STEP_TIMES] = {"{0} {1} times", "{0} {1} keer"},
    [PHRASE_STEP_DISTINCT] = {"{0} with {1} different values of {2}",
                              "{0} met {1} verschillende waarden van {2}"},
    [PHRASE_STEP_SPAN] = {"{0}, close together: within {1}", "{0}, dicht bijeen: binnen {1}"},
    [PHRASE_STEP_WITHIN] = {"{0}, within {1} of the step before",
                            "{0}, binnen {1} na de stap ervoor"},
    [PHRASE_STEP_ABSENT] = {"no event {0} in the {1} after the step before",
                            "geen signaal {0} in de {1} na de stap ervoor"},
    [PHRASE_STEP_ABSENT_BETWEEN] = {"no event {0} before the next step",
                                    "geen signaal {0} voor de volgende stap"},
    [PHRASE_SEQUENCE_SPAN] = {"from the first to the last at most {0}",
                              "van de eerste tot de laatste hoogstens {0}"},
    [PHRASE_UNTIL] = {"an event {0} of the group makes all begin anew",
                      "na een signaal {0} van de groep begint alles opnieuw"},
    [PHRASE_OVERLAP_FIRST] = {"of several beginnings the earliest counts",
                              "van meer begintekens telt het vroegste"},
    [PHRASE_ABSENCE] = {"no event {1} in the {2} after {0}",
                        "geen signaal {1} in de {2} na {0}"},
    [PHRASE_ABSENCE_LOOKBACK] = {"nor in the {0} before it", "en ook niet in de {0} ervoor"},
    [PHRASE_PAIR] = {"from an event to a later one, at most {0} after it",
                     "van een signaal tot een later, hoogstens {0} erna"},
    [PHRASE_PLACES] = {"places are those of {0}; at least {1} km apart",
                       "plaatsen zijn die van {0}; minstens {1} km uiteen"},
    [PHRASE_CHANGE] = {"{0} of {1} is not what it was one event before, at most {2} earlier",
                       "{0} van {1} is anders dan een signaal ervoor, hoogstens {2} eerder"},
    [PHRASE_IGNORE_NULL] = {"events without {0} are not heeded",
                            "signalen zonder {0} tellen niet"},
    [PHRASE_FIRST_SEEN] =
        {"{0} of {1} has a value that the group did not have in the {2} before",
         "{0} van {1} heeft een waarde die de groep in de {2} ervoor niet had"},
    [PHRASE_WEIGHT] = {"{0} weighs {1}", "{0} weegt {1}"},
    [PHRASE_DECAY] = {"a weight halves every {0}; one rule adds at most {1}",
                      "een gewicht halveert elke {0}; een regel telt hoogstens voor {1}"},
    [PHRASE_LINK_VIA] = {"events {1} hang together when they share one of: {0}",
                         "signalen {1} hangen samen als ze iets delen van: {0}"},
    [PHRASE_LINK_HUB] = {"what more than {0} events share joins nobody; at most {1} identities "
                         "are looked at",
                         "wat meer dan {0} signalen delen verbindt niemand; er wordt naar "
                         "hoogstens {1} identiteiten gekeken"},
    [PHRASE_SINGLE] = {"there is an event {0}", "er is een signaal {0}"},

    [PHRASE_HEAD] = {"Rule {0}, version {1}: {2}", "Regel {0}, versie {1}: {2}"},
    [PHRASE_OPENS_FOR] = {"An alert opens when, for one and the same {0}:",
                          "Een melding gaat open als, voor een en dezelfde {0}:"},
    [PHRASE_OPENS] = {"An alert opens when:", "Een melding gaat open als:"},
    [PHRASE_WHERE] = {"In this:", "Hierin:"},
    [PHRASE_FOR_PERSON] = {"What speaks for somebody:", "Wat voor iemand spreekt:"},
    [PHRASE_ALERT] = {"The alert:", "De melding:"},
    [PHRASE_EVENT_IS] = {"'{0}' is any event of type {1}",
                         "'{0}' is elk signaal van soort {1}"},
    [PHRASE_EVENT_WHERE] = {"'{0}' is an event of type {1} where {2}",
                            "'{0}' is een signaal van soort {1} met: {2}"},
    [PHRASE_FROM_SOURCE] = {"{0}, from source {1}", "{0}, van bron {1}"},
    [PHRASE_ALERT_IS] = {"'{0}' is an alert of the rule of that name",
                         "'{0}' is een melding van de regel met die naam"},
    [PHRASE_EXONERATES] = {"{0}: an event is left out when {1}",
                           "{0}: een signaal telt niet als dit zo is: {1}"},
    [PHRASE_EXCEPTION] =
        {"by an exception, until {0}, an event is left out when {1}",
         "door een uitzondering telt een signaal tot {0} niet als dit zo is: {1}"},
    [PHRASE_NO_EXONERATION] = {"the rule knows no facts that exonerate",
                               "de regel kent geen feiten die ontlasten"},
    [PHRASE_ONLY_COUNTED] = {"only events for all of the purposes {0} count",
                             "alleen signalen voor elk van de doelen {0} tellen"},
    [PHRASE_LIFE] = {"it closes once this does not hold any more",
                     "zij sluit zodra dit niet meer geldt"},
    [PHRASE_LIFE_LONGER] = {"it closes {0} after this does not hold any more",
                            "zij sluit {0} nadat dit niet meer geldt"},
    [PHRASE_CLOSE_ON] = {"{0} of the group closes it at once",
                         "{0} van de groep sluit haar meteen"},
    [PHRASE_SUPPRESS_UPDATE] =
        {"for {0} after it opened, what would open another alert for the "
         "same {1} updates this one",
         "{0} lang na het openen werkt wat een nieuwe melding voor "
         "dezelfde {1} zou openen deze bij"},
    [PHRASE_SUPPRESS_DROP] = {"for {0} after it opened, what would open another alert for the "
                              "same {1} is dropped",
                              "{0} lang na het openen vervalt wat een nieuwe melding voor "
                              "dezelfde {1} zou openen"},
    [PHRASE_LATE] = {"events that come up to {0} late still count",
                     "signalen die tot {0} te laat komen tellen nog"},
    [PHRASE_GROUPS_MAX] =
        {"at most {0} groups are kept in each partition; more is told as capped",
         "per partitie worden hoogstens {0} groepen bijgehouden; meer wordt "
         "gemeld"},
    [PHRASE_SHOWS] = {"of each event it shows {0}", "van elk signaal toont zij {0}"},
    [PHRASE_CARRIES] = {"to higher rules it hands on {0}",
                        "aan hogere regels geeft zij {0} door"},
    [PHRASE_PROPOSES] = {"It proposes: {0}.", "Voorgesteld wordt: {0}."},
    [PHRASE_DECIDES] = {"A person decides.", "Een mens beslist."},
    [PHRASE_BASIS] = {"Purpose: {0}. Legal basis: {1}. Owner: {2}.",
                      "Doel: {0}. Grondslag: {1}. Eigenaar: {2}."},
    [PHRASE_LEVEL] = {"Level {0}, stage {1}.", "Niveau {0}, stadium {1}."},
    [PHRASE_HELPER] = {"Its alerts go to other rules only, to no desk.",
                       "De meldingen gaan alleen naar andere regels, niet naar een desk."},
    [PHRASE_STATUS_DRAFT] = {"It is a draft: it is not loaded.",
                             "Het is een ontwerp: de regel wordt niet geladen."},
    [PHRASE_STATUS_TEST] =
        {"It is under test: its alerts go to the shadow topic only.",
         "De regel wordt beproefd: meldingen gaan alleen naar het schaduwtopic."},
    [PHRASE_STATUS_STABLE] = {"It is at work.", "De regel is in bedrijf."},
    [PHRASE_STATUS_DEPRECATED] = {"It is withdrawn: it is not loaded.",
                                  "De regel is ingetrokken en wordt niet geladen."},
    [PHRASE_EXPIRES] = {"It expires on {0}.", "De regel vervalt op {0}."},
};

void phrase_add(struct text *text, enum language language, enum phrase phrase,
                const struct slice *args)
{
    struct slice rest = slice_of(phrases[phrase][language]);

    for (;;) {
        text_add(text, slice_cut(&rest, '{'));
        if (rest.data == NULL) {
            return;
        }
        const struct slice number = slice_cut(&rest, '}');
        ENSURE(number.size == 1 && number.data[0] >= '0' &&
               number.data[0] < '0' + PHRASE_ARGS_MAX);
        text_add(text, args[number.data[0] - '0']);
    }
}

void phrase_word(struct text *text, enum language language, enum phrase phrase)
{
    phrase_add(text, language, phrase, PHRASE_ARGS({0}));
}

bool phrase_language(struct slice code, enum language *language)
{
    for (int i = 0; i < LANGUAGES_COUNT; i++) {
        if (slice_is(code, codes[i])) {
            *language = (enum language)i;
            return true;
        }
    }
    return false;
}
