use super::*;

fn value(text: &str) -> Value {
    let text = MappedText::whole(text.as_bytes());
    read(&text, 0..text.bytes().len(), Dialect::Dollar).value
}

#[test]
fn references_and_their_kinds() {
    assert_eq!(value("abc"), Value::Literal("abc".into()));
    assert_eq!(value(""), Value::Null);
    assert_eq!(value("${{ secrets.A }}"), Value::CiSecret("A".into()));
    assert_eq!(value("${{secrets['A']}}"), Value::CiSecret("A".into()));
    assert_eq!(value("${{ vars.A }}"), Value::CiVariable("A".into()));
    assert_eq!(value("${{ inputs.a == '' }}"), Value::Unknown);
    assert_eq!(
        value("${{ inputs.a == 'x' && secrets.A || secrets.B }}"),
        Value::CiSecret("A".into())
    );
    assert_eq!(
        value("${{ github.event.inputs.t }}"),
        Value::CiInput("t".into())
    );
    assert_eq!(value("$A"), Value::Variable("A".into(), None));
    assert_eq!(value("${localEnv:A}"), Value::Variable("A".into(), None));
    assert_eq!(value("${input:a}"), Value::CiInput("a".into()));
    assert_eq!(value("$(cat f)"), Value::Substitution("cat f".into()));
    let with_default = value("${A:-bc}");
    let Value::Variable(_, Some(default)) = with_default else {
        panic!("{with_default:?}");
    };
    assert_eq!(default.span, 5..7);
    assert!(matches!(value("${A:-b}"), Value::Variable(name, Some(_)) if name == "A"));
    assert!(matches!(value("${A:b}"), Value::Variable(name, Some(_)) if name == "A"));
    assert_eq!(value("${A:?b}"), Value::Variable("A".into(), None));
    assert_eq!(value("${var.a_b}"), Value::Variable("var.a_b".into(), None));
    assert_eq!(value("${?A}"), Value::Variable("A".into(), None));
    assert_eq!(value("${file(\"a\")}"), Value::Unknown);
    assert!(matches!(value("$5 $"), Value::Literal(_)));
}

#[test]
fn directives_stand_for_anything() {
    let data = |text: &str| {
        let text = MappedText::whole(text.as_bytes());
        read(&text, 0..text.bytes().len(), Dialect::Data).value
    };
    for whole in ["{{ .Values.a }}", "{% raw %}", "<%= a %>", "{{{ a }}}"] {
        assert_eq!(data(whole), Value::Unknown, "{whole}");
    }
    assert!(matches!(data("a {{ b }}"), Value::Text(parts) if parts.len() == 2));
    assert!(matches!(data("{{ a"), Value::Literal(_)));
    assert_eq!(data("${{ secrets.A }}"), Value::CiSecret("A".into()));
    assert_eq!(value("{{ a }}"), Value::Variable("a".into(), None));
}

#[test]
fn brackets_without_an_end() {
    let text = "$(${<%{{".repeat(100_000);
    let text = MappedText::whole(text.as_bytes());
    let length = text.bytes().len();
    assert_eq!(read(&text, 0..length, Dialect::Data).span, 0..length);
}

#[test]
fn parts_keep_their_spans() {
    let text = MappedText::whole(b"Bearer ${{ secrets.A }}!");
    let read = read(&text, 0..text.bytes().len(), Dialect::Plain);
    let Value::Text(parts) = read.value else {
        panic!("{read:?}");
    };
    let spans: Vec<_> = parts.iter().map(|part| part.span.clone()).collect();
    assert_eq!(spans, [0..7, 7..23, 23..24]);
}
