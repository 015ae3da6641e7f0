// Sine and cosine of x radians: the operations of habit::math::sin_cos.

fn sin_cos(x: f32) -> vec2<f32> {
    var turns = 0.0;
    var rest = x;
    if abs(x) > 0.7853981633974483 {
        if abs(x) > 8192.0 {
            rest = x % 6.283185307179586;
        }
        turns = round(rest * 0.6366197723675814);
        // pi / 2 in three parts.
        rest = ((rest - turns * 1.5703125) - turns * 4.837513e-4) - turns * 7.54979e-8;
    }
    let square = rest * rest;
    let sine = ((-1.9515296e-4 * square + 8.332161e-3) * square - 0.16666655) * square * rest + rest;
    let fourth_on = ((2.4433157e-5 * square - 1.3887316e-3) * square + 4.1666646e-2) * square * square;
    let cosine = fourth_on - 0.5 * square + 1.0;
    let quadrant = u32(i32(turns)) & 3u;
    let sin_of = select(sine, cosine, (quadrant & 1u) != 0u);
    let cos_of = select(cosine, sine, (quadrant & 1u) != 0u);
    return vec2(
        select(sin_of, -sin_of, quadrant >= 2u),
        select(cos_of, -cos_of, quadrant == 1u || quadrant == 2u),
    );
}
