//! Cuts a list that fails short: a list of hundreds of operations tells nobody what is wrong, one of five does.

/// The list without whatever can be left out with it failing still (Zeller and Hildebrandt's ddmin): ever smaller chunks are taken
/// out, until no single element can be.
pub fn shrink<T: Clone>(list: &[T], mut fails: impl FnMut(&[T]) -> bool) -> Vec<T> {
    let mut list = list.to_vec();
    let mut chunk = list.len().div_ceil(2);
    while chunk > 0 {
        let mut start = 0;
        while start < list.len() {
            let end = (start + chunk).min(list.len());
            let without: Vec<T> = list[..start].iter().chain(&list[end..]).cloned().collect();
            if fails(&without) {
                list = without;
            } else {
                start = end;
            }
        }
        chunk = if chunk == 1 { 0 } else { chunk.div_ceil(2) };
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_part_in_the_failure_is_left_out() {
        let list: Vec<u32> = (0..1000).collect();
        let fails = |part: &[u32]| part.contains(&17) && part.contains(&800) && part.contains(&801);
        assert_eq!(shrink(&list, fails), [17, 800, 801]);
        assert_eq!(shrink(&list, |_| true), [0_u32; 0]);
    }
}
