/* sphere: places on the Earth and how far apart they are, in whole numbers only.
 *
 * The Earth is taken as a sphere of 6,371,009 m (the mean radius of WGS 84), so that a distance
 * is up to 0.6 % off the one over the ellipsoid. Sines and arcs are found by rotation (CORDIC)
 * with 40 steps in 1/2^60: that part is exact to a millimetre. Distances are rounded to the
 * nearest metre.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_SCHEMA_SPHERE_H
#define SEINPOST_SCHEMA_SPHERE_H

#include <stdint.h>

enum {
    SPHERE_DEGREE = 1000000, /* coordinates are millionths of a degree */
    SPHERE_RADIUS_M = 6371009,
};

/* A point as the three coordinates of its direction, of length 2^60. */
struct sphere_point {
    int64_t x;
    int64_t y;
    int64_t z;
};

/* Returns the point at a latitude of -90 to 90 and a longitude of -180 to 180 degrees. */
struct sphere_point sphere_point(int64_t latitude, int64_t longitude);

/* Returns the great-circle distance in metres. */
int64_t sphere_distance_m(const struct sphere_point *a, const struct sphere_point *b);

#endif
