//! Tables: Parquet and Arrow, whatever their codecs, encodings and nesting.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BinaryArray, DictionaryArray, ListArray, RecordBatch, StringArray, StringViewArray,
    StructArray,
};
use arrow_buffer::OffsetBuffer;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{DataType, Field, Fields, Schema};
use parquet::basic::{Compression, Encoding};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::support::{FORMATS, Run, Tree, token};

const NAME: &str = "data/train-00000.parquet";

/// Texts of which one holds the token with a number.
fn texts(rows: usize, at: usize, number: u64) -> Vec<String> {
    let text = |row| match row == at {
        true => format!("row {row}: the key is {} I think", token(number)),
        false => format!("row {row}: nothing is here but words"),
    };
    (0..rows).map(text).collect()
}

/// What a text of a column is: its levels, and the text if it is one.
type Value = (i16, i16, Option<Vec<u8>>);

/// A file of Parquet with one column.
fn parquet(schema: &str, properties: WriterPropertiesBuilder, groups: &[Vec<Value>]) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(properties.build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    for group in groups {
        let mut rows = writer.next_row_group().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        let values: Vec<ByteArray> = group
            .iter()
            .filter_map(|(_, _, text)| text.clone().map(ByteArray::from))
            .collect();
        let definitions: Vec<i16> = group.iter().map(|value| value.0).collect();
        let repetitions: Vec<i16> = group.iter().map(|value| value.1).collect();
        column
            .typed::<ByteArrayType>()
            .write_batch(&values, Some(&definitions), Some(&repetitions))
            .unwrap();
        column.close().unwrap();
        rows.close().unwrap();
    }
    writer.into_inner().unwrap()
}

/// One with a column of texts, in groups of a hundred rows.
fn plain(properties: WriterPropertiesBuilder, texts: &[String]) -> Vec<u8> {
    let value = |text: &String| (0, 0, Some(text.clone().into_bytes()));
    let groups = texts
        .chunks(100)
        .map(|group| group.iter().map(value).collect());
    let schema = "message table { required binary text (UTF8); }";
    parquet(schema, properties, &groups.collect::<Vec<_>>())
}

fn properties() -> WriterPropertiesBuilder {
    WriterProperties::builder()
}

#[track_caller]
fn scan(name: &str, bytes: &[u8]) -> Run {
    Tree::with(name, bytes).run([name, "--isolated", "--output-format", "json"])
}

/// The columns and rows that a scan reports.
#[track_caller]
fn cells(name: &str, bytes: &[u8]) -> Vec<(String, Option<u64>)> {
    let run = scan(name, bytes);
    let cell = |finding: &serde_json::Value| {
        let table = &finding["table"];
        let column = table["column"].as_str().unwrap_or("-").to_owned();
        (column, table["row"].as_u64())
    };
    run.expect(1).findings().iter().map(cell).collect()
}

#[test]
fn every_codec_of_parquet_is_unpacked() {
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::BROTLI(Default::default()),
        Compression::ZSTD(Default::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ];
    for codec in codecs {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            for dictionary in [false, true] {
                let properties = properties()
                    .set_compression(codec)
                    .set_writer_version(version)
                    .set_dictionary_enabled(dictionary);
                let table = plain(properties, &texts(300, 210, 9000));
                let found = cells(NAME, &table);
                assert_eq!(found, [("text".to_owned(), Some(211))], "{codec}");
            }
        }
    }
}

#[test]
fn every_encoding_of_texts_is_read() {
    for encoding in [
        Encoding::PLAIN,
        Encoding::DELTA_LENGTH_BYTE_ARRAY,
        Encoding::DELTA_BYTE_ARRAY,
    ] {
        let properties = properties()
            .set_dictionary_enabled(false)
            .set_encoding(encoding);
        let table = plain(properties, &texts(120, 110, 9001));
        assert_eq!(cells(NAME, &table), [("text".to_owned(), Some(111))]);
    }
}

#[test]
fn rows_of_lists_are_counted() {
    let schema = "message table { optional group messages (LIST) { repeated group list {
        optional group element { optional binary content (UTF8); } } } }";
    let text = |text: String| Some(text.into_bytes());
    // Two texts; none; an empty list; one text and the token.
    let rows = vec![
        (4, 0, text("hello, how are you".to_owned())),
        (4, 1, text("well, and how are you".to_owned())),
        (0, 0, None),
        (1, 0, None),
        (4, 0, text("a text that is long enough".to_owned())),
        (4, 1, text(format!("my key is {}", token(9002)))),
    ];
    let table = parquet(schema, properties(), &[rows]);
    let wanted = ("messages.content".to_owned(), Some(4));
    assert_eq!(cells(NAME, &table), [wanted]);
}

#[test]
fn cells_end_where_their_text_does() {
    let token = token(9003);
    let texts: Vec<String> = ["a", "A", "0", "_", "x"]
        .iter()
        .flat_map(|next| [token.clone(), next.repeat(97)])
        .collect();
    let properties = properties().set_dictionary_enabled(false);
    // One row of a column is enough.
    let found = cells(NAME, &plain(properties, &texts));
    assert_eq!(found, [("text".to_owned(), Some(1))]);
    // In a text, words have their bounds.
    // What a column notes of its texts is cut before it.
    let words = "words of a text ".repeat(20);
    let inside = vec![format!("{words}an_identifier_{token}x and more words")];
    let run = scan(NAME, &plain(self::properties(), &inside));
    assert!(run.expect(0).findings().is_empty());
}

#[test]
fn what_a_table_says_of_itself_is_scanned() {
    let note = parquet::file::metadata::KeyValue::new("note".to_owned(), token(9004));
    let properties = properties().set_key_value_metadata(Some(vec![note]));
    assert_eq!(cells(NAME, &plain(properties, &texts(3, 9, 0)))[0].1, None);
}

#[test]
fn every_format_names_the_column_and_the_row() {
    let table = plain(properties(), &texts(300, 210, 9005));
    let tree = Tree::with(NAME, table);
    for format in FORMATS {
        let run = tree.run([NAME, "--isolated", "--output-format", format]);
        let out = run.expect(1).out();
        let wanted = match format {
            "json" | "jsonl" => "\"table\"",
            _ => "column text, row 211",
        };
        assert!(out.contains(wanted), "{format}: {out}");
        assert!(!out.contains(&token(9005)), "{format}");
    }
    let run = tree.run([NAME, "--isolated", "--color", "never"]);
    let wanted = format!("{NAME}: column text, row 211");
    assert!(run.out().contains(&wanted), "{}", run.out());
}

#[test]
fn a_table_in_an_archive_and_on_standard_input() {
    let table = plain(properties(), &texts(30, 21, 9006));
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(table.len() as u64);
    archive
        .append_data(&mut header, "a.parquet", &*table)
        .unwrap();
    let found = cells("all.tar", &archive.into_inner().unwrap());
    assert!(found.contains(&("text".to_owned(), Some(22))), "{found:?}");
    let run = Tree::new().run_with(["-", "--output-format", "json"], table);
    assert_eq!(run.expect(1).findings()[0]["table"]["row"], 22);
}

#[test]
fn a_damaged_table_is_an_error_and_scanned_as_it_is() {
    let table = plain(
        properties().set_dictionary_enabled(false),
        &texts(30, 3, 9007),
    );
    for damaged in [
        table[..table.len() - 9].to_vec(),
        [&table[..200], b"PAR1"].concat(),
        [b"PAR1", token(9007).as_bytes(), b"PAR1"].concat(),
    ] {
        let run = scan(NAME, &damaged);
        assert!(run.code == 2, "{}", run.out());
        assert_eq!(run.json()["errors"][0]["kind"], "undecodable");
    }
    let mut broken = table.clone();
    for at in (4..table.len()).step_by(7) {
        broken[at] ^= 0x55;
        let run = crate::support::Scan::all().stream(NAME, &*broken);
        let kinds = run
            .problems
            .iter()
            .map(|problem| format!("{:?}", problem.kind));
        assert!(kinds.into_iter().all(|kind| kind != "Internal"));
        broken[at] ^= 0x55;
    }
}

fn batch(column: ArrayRef) -> RecordBatch {
    let field = Field::new("c", column.data_type().clone(), true);
    RecordBatch::try_new(Arc::new(Schema::new(vec![field])), vec![column]).unwrap()
}

fn stream(columns: &[ArrayRef], options: IpcWriteOptions) -> Vec<u8> {
    let schema = batch(Arc::clone(&columns[0])).schema();
    let mut writer = StreamWriter::try_new_with_options(Vec::new(), &schema, options).unwrap();
    for column in columns {
        writer.write(&batch(Arc::clone(column))).unwrap();
    }
    writer.into_inner().unwrap()
}

fn strings(texts: &[String]) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(texts))
}

#[test]
fn every_codec_of_arrow_is_unpacked() {
    let all = texts(300, 210, 9010);
    let batches: Vec<ArrayRef> = all.chunks(100).map(strings).collect();
    for codec in [
        None,
        Some(CompressionType::LZ4_FRAME),
        Some(CompressionType::ZSTD),
    ] {
        let options = IpcWriteOptions::default()
            .try_with_compression(codec)
            .unwrap();
        let found = cells("a.arrow", &stream(&batches, options.clone()));
        assert_eq!(found, [("c".to_owned(), Some(211))], "{codec:?}");
        let schema = batch(Arc::clone(&batches[0])).schema();
        let mut file = FileWriter::try_new_with_options(Vec::new(), &schema, options).unwrap();
        for texts in &batches {
            file.write(&batch(Arc::clone(texts))).unwrap();
        }
        let found = cells("a.feather", &file.into_inner().unwrap());
        assert_eq!(found, [("c".to_owned(), Some(211))], "{codec:?}");
    }
}

#[test]
fn every_kind_of_column_of_arrow_is_read() {
    let all: Vec<String> = ["a text of some length", &token(9011), "Next row of texts"]
        .map(str::to_owned)
        .to_vec();
    let list = ListArray::new(
        Arc::new(Field::new("item", DataType::Utf8, true)),
        OffsetBuffer::new(vec![0, 0, 3].into()),
        strings(&all),
        None,
    );
    let fields = Fields::from(vec![Field::new("x", DataType::Utf8, true)]);
    let columns: Vec<(ArrayRef, &str, u64)> = vec![
        (strings(&all), "c", 2),
        (Arc::new(StringViewArray::from_iter_values(&all)), "c", 2),
        (Arc::new(BinaryArray::from_iter_values(&all)), "c", 2),
        (Arc::new(list), "c", 2),
        (
            Arc::new(StructArray::new(fields, vec![strings(&all)], None)),
            "c.x",
            2,
        ),
        (
            Arc::new(DictionaryArray::<Int32Type>::new(
                vec![0, 0, 2, 1].into(),
                strings(&all),
            )),
            "c",
            4,
        ),
    ];
    for (column, name, row) in columns {
        let kind = column.data_type().clone();
        let found = cells("a.arrow", &stream(&[column], IpcWriteOptions::default()));
        assert_eq!(found, [(name.to_owned(), Some(row))], "{kind}");
    }
}

#[test]
fn a_table_is_redacted_or_refused() {
    let table = plain(properties(), &texts(30, 21, 9012));
    let tree = Tree::with(NAME, table);
    tree.run(["redact", NAME]).expect(2).says("Parquet file");
    tree.run(["redact", "--check", NAME]).expect(1);
    let clean = plain(properties(), &texts(30, 99, 0));
    tree.file("clean.parquet", &clean);
    assert_eq!(
        tree.run(["redact", "-q", "clean.parquet"]).expect(0).stdout,
        clean
    );
    let open = stream(&[strings(&texts(30, 21, 9013))], IpcWriteOptions::default());
    tree.file("a.arrow", &open);
    let copy = tree
        .run(["redact", "-q", "a.arrow"])
        .expect(0)
        .stdout
        .clone();
    assert_eq!(copy.len(), open.len());
    tree.file("b.arrow", &copy);
    tree.run(["b.arrow", "--isolated"]).expect(0);
    let packed = IpcWriteOptions::default()
        .try_with_compression(Some(CompressionType::ZSTD))
        .unwrap();
    tree.file("z.arrow", stream(&[strings(&texts(30, 21, 9014))], packed));
    let run = tree.run(["redact", "z.arrow"]);
    run.expect(2).says("a credential would be left");
}
