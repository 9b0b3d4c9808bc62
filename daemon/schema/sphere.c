#include "seinpost/schema/sphere.h"

#include "seinpost/base/ensure.h"

__extension__ typedef __int128 wide;

enum {
    STEPS = 40,
    SCALE = 60, /* binary digits behind the point */
};

#define PI INT64_C(3622009729038561421) /* of 2^60 */

/* 1 over the length that the steps add to a vector, of 2^60. */
#define SHORTENED INT64_C(700114967507363238)

/* The angles whose tangents are 1, 1/2, 1/4, ..., of 2^60. */
static const int64_t angles[STEPS] = {
    INT64_C(905502432259640355),
    INT64_C(534549298976576474),
    INT64_C(282441168888798124),
    INT64_C(143371547418228444),
    INT64_C(71963988336308046),
    INT64_C(36017075762092179),
    INT64_C(18012932708689205),
    INT64_C(9007016009513623),
    INT64_C(4503576721087964),
    INT64_C(2251796950380271),
    INT64_C(1125899548928887),
    INT64_C(562949908682076),
    INT64_C(281474971118251),
    INT64_C(140737487656277),
    INT64_C(70368744090283),
    INT64_C(35184372077909),
    INT64_C(17592186043051),
    INT64_C(8796093022037),
    INT64_C(4398046511083),
    INT64_C(2199023255549),
    INT64_C(1099511627776),
    INT64_C(549755813888),
    INT64_C(274877906944),
    INT64_C(137438953472),
    INT64_C(68719476736),
    INT64_C(34359738368),
    INT64_C(17179869184),
    INT64_C(8589934592),
    INT64_C(4294967296),
    INT64_C(2147483648),
    INT64_C(1073741824),
    INT64_C(536870912),
    INT64_C(268435456),
    INT64_C(134217728),
    INT64_C(67108864),
    INT64_C(33554432),
    INT64_C(16777216),
    INT64_C(8388608),
    INT64_C(4194304),
    INT64_C(2097152),
};

/* Divides by a power of two, towards minus infinity on every machine. */
static int64_t halve(int64_t number, int times)
{
    const int64_t divisor = INT64_C(1) << times;
    const int64_t quotient = number / divisor;

    return number % divisor < 0 ? quotient - 1 : quotient;
}

struct direction {
    int64_t cosine;
    int64_t sine;
};

/* Of an angle from -90 to 90 degrees. */
static struct direction turn(int64_t angle)
{
    struct direction now = {SHORTENED, 0};

    for (int i = 0; i < STEPS; i++) {
        const int64_t up = halve(now.cosine, i);
        const int64_t back = halve(now.sine, i);
        if (angle >= 0) {
            now = (struct direction){now.cosine - back, now.sine + up};
            angle -= angles[i];
        } else {
            now = (struct direction){now.cosine + back, now.sine - up};
            angle += angles[i];
        }
    }
    return now;
}

/* The angle from the x axis to (x, y), neither of which is negative. */
static int64_t angle_of(int64_t x, int64_t y)
{
    int64_t angle = 0;

    for (int i = 0; i < STEPS; i++) {
        const int64_t across = halve(x, i);
        const int64_t down = halve(y, i);
        if (y >= 0) {
            x += down;
            y -= across;
            angle += angles[i];
        } else {
            x -= down;
            y += across;
            angle -= angles[i];
        }
    }
    return angle;
}

static int64_t radians(int64_t degrees)
{
    return (int64_t)((wide)degrees * PI / ((wide)180 * SPHERE_DEGREE));
}

/* Angles beyond 90 degrees lie behind: there the cosine is the other way round. */
static struct direction direction_of(int64_t degrees)
{
    const int64_t right = INT64_C(90) * SPHERE_DEGREE;
    struct direction direction;

    if (degrees > right) {
        direction = turn(radians(2 * right - degrees));
        direction.cosine = -direction.cosine;
    } else if (degrees < -right) {
        direction = turn(radians(-2 * right - degrees));
        direction.cosine = -direction.cosine;
    } else {
        direction = turn(radians(degrees));
    }
    return direction;
}

static int64_t multiply(int64_t a, int64_t b)
{
    return (int64_t)((wide)a * b / ((wide)1 << SCALE));
}

struct sphere_point sphere_point(int64_t latitude, int64_t longitude)
{
    ENSURE(latitude >= -90 * (int64_t)SPHERE_DEGREE && latitude <= 90 * (int64_t)SPHERE_DEGREE);
    ENSURE(longitude >= -180 * (int64_t)SPHERE_DEGREE &&
           longitude <= 180 * (int64_t)SPHERE_DEGREE);

    const struct direction up = direction_of(latitude);
    const struct direction round = direction_of(longitude);
    return (struct sphere_point){multiply(up.cosine, round.cosine),
                                 multiply(up.cosine, round.sine), up.sine};
}

/* The largest whole number whose square is not above, by binary digits from the highest on. */
static int64_t root(wide square)
{
    int64_t low = 0;

    for (int64_t bit = INT64_C(1) << 61; bit > 0; bit /= 2) {
        if ((wide)(low + bit) * (low + bit) <= square) {
            low += bit;
        }
    }
    return low;
}

static int64_t length(int64_t x, int64_t y, int64_t z)
{
    return root((wide)x * x + (wide)y * y + (wide)z * z);
}

/* The chord between both over the chord from one to the other's antipode is the tangent of half
 * the angle between them: exact for near points and for opposite ones. */
int64_t sphere_distance_m(const struct sphere_point *a, const struct sphere_point *b)
{
    const int64_t apart = length(a->x - b->x, a->y - b->y, a->z - b->z);
    const int64_t opposite = length(a->x + b->x, a->y + b->y, a->z + b->z);
    const int64_t half = apart == 0 ? 0 : angle_of(opposite / 2, apart / 2);
    const wide twice = (wide)2 * half * SPHERE_RADIUS_M + ((wide)1 << (SCALE - 1));

    return twice < 0 ? 0 : (int64_t)(twice >> SCALE);
}
