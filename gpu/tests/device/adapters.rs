use super::device;
use habit_gpu::{Context, Error, Options, Preference, adapters, block_on, self_check};

#[test]
fn the_best_adapter_is_listed_first_and_opened_by_default() {
    let context = device();
    let listed = block_on(adapters());
    assert_eq!(listed.first(), Some(context.adapter()));
    assert!(listed.iter().all(|adapter| !adapter.name.is_empty() && !adapter.driver.is_empty()));
}

#[test]
fn an_adapter_is_found_by_any_part_of_its_line() {
    let first = device().adapter().clone();
    for name in [first.name.to_uppercase(), first.to_string()] {
        let options = Options { name: Some(name), ..Options::default() };
        assert_eq!(block_on(Context::new(&options)).unwrap().adapter(), &first);
    }
}

#[test]
fn an_adapter_that_is_not_there_is_an_error_that_lists_those_that_are() {
    let first = device().adapter().to_string();
    let options = Options { name: Some("Voodoo 2".into()), ..Options::default() };
    let error = block_on(Context::new(&options)).unwrap_err();
    assert!(matches!(&error, Error::NoAdapter { found, .. } if found.contains(&first)), "{error:?}");
    let text = error.to_string();
    assert!(text.starts_with("no GPU adapter fits (wanted: Voodoo 2); there are: "), "{text}");
}

#[test]
fn only_drivers_on_the_processor_count_as_software() {
    let options = Options { preference: Preference::Software, ..Options::default() };
    match block_on(Context::new(&options)) {
        Ok(context) => assert_eq!(context.adapter().kind, "software"),
        Err(error) => assert!(matches!(error, Error::NoAdapter { .. }), "{error}"),
    }
}

#[test]
fn limits_are_at_least_those_that_webgpu_guarantees() {
    let limits = device().limits();
    assert!(limits.buffer_bytes >= 128 << 20, "{limits:?}");
    assert!(limits.workgroups >= 65_535 && limits.invocations >= 256 && limits.workgroup_bytes >= 16_384, "{limits:?}");
}

#[test]
fn the_self_check_passes_with_a_line_for_each_check() {
    let report = block_on(self_check(&device())).unwrap();
    assert!(report.passed(), "{report}");
    assert_eq!(report.to_string().lines().count(), 1 + report.checks.len());
    println!("{report}");
}
