// Whether the token before lies in the same sequence and was chosen too.
fn follows_action(at: u32) -> bool {
    if at < parameters.lanes {
        return false;
    }
    let before = at - parameters.lanes;
    return byte_of(outcomes[before >> 2u], before) == CONTINUE && byte_of(actions[before >> 2u], before) != 0u;
}
