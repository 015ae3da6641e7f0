//! WGSL whose loops are written out: an array that a loop indexes lives in memory, names live in registers.

/// Writes out the blocks between lines `#each NAME FIRST END` and `#end`, once for every `NAME` from `FIRST` up to `END`, and
/// puts numbers for `$NAME` and `$(SUM)`. A bound is a sum too: numbers and names, joined by `+`.
pub(crate) fn unroll(source: &str, names: &[(&str, usize)]) -> String {
    let mut out = String::new();
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        let mut words = line.split_whitespace();
        if words.next() != Some("#each") {
            out.push_str(&filled(line, names));
            out.push('\n');
            continue;
        }
        let [name, first, end] = std::array::from_fn(|_| words.next().unwrap_or_default());
        let mut depth = 1;
        let block: Vec<_> = lines
            .by_ref()
            .take_while(|line| {
                depth += usize::from(line.trim_start().starts_with("#each"));
                depth -= usize::from(line.trim() == "#end");
                depth > 0
            })
            .collect();
        for value in sum(first, names)..sum(end, names) {
            out.push_str(&unroll(&block.join("\n"), &[names, &[(name, value)]].concat()));
        }
    }
    out
}

/// A line with its numbers.
fn filled(line: &str, names: &[(&str, usize)]) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let named = names.iter().rev().find_map(|&(name, value)| Some((value, after.strip_prefix(name)?)));
        let summed = || {
            let (inside, beyond) = after.strip_prefix('(')?.split_once(')')?;
            Some((sum(inside, names), beyond))
        };
        match named.or_else(summed) {
            Some((value, beyond)) => {
                out.push_str(&value.to_string());
                rest = beyond;
            }
            None => rest = after,
        }
    }
    out + rest
}

fn sum(text: &str, names: &[(&str, usize)]) -> usize {
    let value = |term: &str| names.iter().rev().find_map(|(name, value)| (*name == term).then_some(*value));
    text.split('+').map(str::trim).map(|term| value(term).or(term.parse().ok()).unwrap_or(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_written_out_within_one_another() {
        let source = "start\n#each a 0 N\n#each b 1 a+2\nx$a_$b[$(N+a)u]\n#end\n$au;\n#end\nend $N";
        let expected = "start\nx0_1[2u]\n0u;\nx1_1[3u]\nx1_2[3u]\n1u;\nend 2\n";
        assert_eq!(unroll(source, &[("N", 2)]), expected);
        assert_eq!(unroll("#each a 0 0\nnone\n#end", &[]), "");
    }
}
