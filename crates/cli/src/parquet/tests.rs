//! Rows that come back from Parquet as they went in, and files that must not be believed.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

use consentry_api::export::ExportRow;
use consentry_api::pairs::Pairs;
use consentry_api::time::serialize_time;
use consentry_core::UnixMillis;
use parquet::data_type::{BoolType, ByteArrayType, Int64Type};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use proptest::prelude::*;

use super::*;

fn record(index: u64) -> ExportRow<'static> {
    let time = |after: u64| serialize_time(UnixMillis(1_763_800_000_000 + index * 1_001 + after)).into();
    ExportRow {
        index,
        kind: "record".into(),
        record_id: format!("019aa9f5-1c00-7000-8000-{index:012x}").into(),
        subject_id: format!("{index:032x}").into(),
        site_id: "shop".into(),
        server_time: time(0),
        client_time: time(17),
        late: Some(false),
        attested_by: "edge".into(),
        action: if index.is_multiple_of(3) { "reject_all" } else { "save" }.into(),
        source: "banner".into(),
        categories: Pairs(vec![
            ("required".into(), true),
            ("functional".into(), index.is_multiple_of(2)),
            ("advertising".into(), false),
        ]),
        denied_services: (0..index % 3).map(|nth| format!("service-{nth}").into()).collect(),
        gpc_header: "absent".into(),
        gpc_dom: "off".into(),
        dnt_header: "unset".into(),
        dnt_dom: "unset".into(),
        signal_seen: Some(false),
        overridden: Some(index.is_multiple_of(5)),
        jurisdiction: "US-CA".into(),
        model: "opt_out".into(),
        policy_version: Some(1),
        policy_entry: Some(0),
        policy_hash: "ab".repeat(32).into(),
        language: "en".into(),
        valid_until: time(15_552_000_000),
        salt: format!("{:064x}", index * 7).into(),
        leaf_hash: format!("{:064x}", index * 11).into(),
        ..ExportRow::default()
    }
}

/// One of everything that is exported.
fn rows() -> Vec<ExportRow<'static>> {
    let leaf = || "cd".repeat(32).into();
    let statement = ExportRow {
        kind: "policy_published".into(),
        server_time: "2025-11-22T08:26:40.000Z".into(),
        entry: "0102ff".into(),
        leaf_hash: leaf(),
        ..ExportRow::default()
    };
    let pruned = ExportRow {
        log: 15,
        index: 1 << 52,
        kind: "record".into(),
        redacted: "retention".into(),
        leaf_hash: leaf(),
        ..ExportRow::default()
    };
    let erased = ExportRow {
        redacted: "erasure".into(),
        record_id: "".into(),
        subject_id: "".into(),
        client_time: "".into(),
        salt: "".into(),
        commitment: "ef".repeat(32).into(),
        ..record(2)
    };
    let later = ExportRow { previous_record_id: record(2).record_id, ..record(3) };
    vec![statement, record(1), erased, later, pruned, record(5)]
}

fn ids() -> Vec<String> {
    ["required", "functional", "advertising", "analytics"].map(Into::into).into()
}

fn written(rows: &[ExportRow<'_>], categories: Vec<String>) -> File {
    let mut writer = ParquetWriter::new(tempfile::tempfile().unwrap(), categories).unwrap();
    rows.iter().try_for_each(|row| writer.push(row)).unwrap();
    writer.finish().unwrap()
}

/// What is read, as owned rows, and how it ended.
fn read(file: File) -> (Vec<String>, Result<(), ParquetError>) {
    let mut rows = Vec::new();
    let end = ParquetReader::open(file).and_then(|reader| {
        reader.visit(|number, row| {
            rows.push(serde_json::to_string(row).unwrap());
            assert_eq!(number, rows.len() as u64);
            Ok(())
        })
    });
    (rows, end)
}

fn lines(rows: &[ExportRow<'_>]) -> Vec<String> {
    rows.iter().map(|row| serde_json::to_string(row).unwrap()).collect()
}

#[test]
fn row_of_every_kind_comes_back_as_it_was() {
    let (found, end) = read(written(&rows(), ids()));
    end.unwrap();
    assert_eq!(found, lines(&rows()));
}

#[test]
fn file_without_rows_has_none() {
    let (found, end) = read(written(&[], ids()));
    end.unwrap();
    assert!(found.is_empty());
}

#[test]
fn rows_of_several_groups_and_batches_come_back_in_order() {
    let many: Vec<_> = (0..GROUP as u64 + 5_000).map(record).collect();
    let file = written(&many, ids());
    let reader = ParquetReader::open(file.try_clone().unwrap()).unwrap();
    assert_eq!((reader.rows(), reader.groups()), (many.len() as u64, 2));
    let mut numbers = Vec::new();
    reader
        .visit_group(1, |number, row| {
            numbers.push((number, row.index));
            Ok::<(), ParquetError>(())
        })
        .unwrap();
    assert_eq!(numbers.first(), Some(&(GROUP as u64 + 1, GROUP as u64)));
    // Groups may be read side by side.
    let read = std::thread::scope(|threads| {
        let count = |group| {
            let mut rows = 0;
            let counted = reader.visit_group(group, |_, _| {
                rows += 1;
                Ok::<(), ParquetError>(())
            });
            counted.map(|()| rows)
        };
        [0, 1].map(|group| threads.spawn(move || count(group))).map(|thread| thread.join().unwrap().unwrap())
    });
    assert_eq!(read, [GROUP, 5_000]);
    let (found, end) = self::read(file);
    end.unwrap();
    assert!(found == lines(&many));
}

#[test]
fn columns_are_typed_for_whoever_reads_them_elsewhere() {
    let file = SerializedFileReader::new(written(&rows(), ids())).unwrap();
    let schema = file.metadata().file_metadata().schema_descr();
    let column = |name: &str| {
        let at = schema.columns().iter().position(|column| column.name() == name).unwrap();
        (schema.column(at), file.metadata().row_group(0).column(at).compression())
    };
    let logical = |name: &str| format!("{:?}", column(name).0.logical_type_ref());
    assert!(logical("server_time").contains("is_adjusted_to_u_t_c: true"), "{}", logical("server_time"));
    assert!(logical("server_time").contains("MILLIS"), "{}", logical("server_time"));
    assert_eq!(logical("language"), "Some(String)");
    assert_eq!(column("element").0.path().string(), "denied_services.list.element");
    assert_eq!(column("category_analytics").0.physical_type(), parquet::basic::Type::BOOLEAN);
    assert_eq!(column("salt").1, parquet::basic::Compression::SNAPPY);
}

#[test]
fn row_that_could_not_come_back_is_refused_by_name() {
    type Spoil = fn(&mut ExportRow<'static>);
    let table: [(&str, CellError, Spoil); 6] = [
        ("server_time", CellError::Time, |row| row.server_time = "2026-11-21T09:30:00Z".into()),
        ("valid_until", CellError::Time, |row| row.valid_until = "soon".into()),
        ("categories", CellError::Pairs, |row| row.categories.0.push(("a=b".into(), true))),
        ("categories", CellError::Category, |row| row.categories.0.push(("social".into(), true))),
        ("index", CellError::Number, |row| row.index = u64::MAX),
        ("policy_entry", CellError::Number, |row| row.policy_entry = Some(1 << 63)),
    ];
    for (column, problem, spoil) in table {
        let mut writer = ParquetWriter::new(Vec::new(), ids()).unwrap();
        writer.push(&record(0)).unwrap();
        let mut row = record(1);
        spoil(&mut row);
        let error = writer.push(&row).unwrap_err();
        let said = match &error {
            ParquetError::Cell { row, column, problem } => Some((*row, column.as_str(), *problem)),
            _ => None,
        };
        assert_eq!(said, Some((2, column, problem)), "{error}");
    }
}

/// A file with the columns of an export, of which one is written anew by `change`; the others are empty or zero.
fn forged(change: impl Fn(&str, &mut SerializedColumnWriter<'_>) -> bool) -> File {
    let schema = schema(&ids()).unwrap();
    let mut file = SerializedFileWriter::new(tempfile::tempfile().unwrap(), schema, Arc::default()).unwrap();
    let mut group = file.next_row_group().unwrap();
    let names = COLUMNS.iter().map(|(name, kind)| (name.to_string(), *kind));
    let alone = ids().into_iter().map(|id| (format!("{CATEGORY}{id}"), Kind::Flag));
    for (name, kind) in names.chain(alone) {
        let mut column = group.next_column().unwrap().unwrap();
        if !change(&name, &mut column) {
            match kind {
                Kind::Number => column.typed::<Int64Type>().write_batch(&[0], Some(&[1]), None),
                Kind::Time => column.typed::<Int64Type>().write_batch(&[], Some(&[0]), None),
                Kind::Flag => column.typed::<BoolType>().write_batch(&[], Some(&[0]), None),
                Kind::List => column.typed::<ByteArrayType>().write_batch(&[], Some(&[0]), Some(&[0])),
                _ => column.typed::<ByteArrayType>().write_batch(&[], Some(&[0]), None),
            }
            .unwrap();
        }
        column.close().unwrap();
    }
    group.close().unwrap();
    file.into_inner().unwrap()
}
fn number(column: &mut SerializedColumnWriter<'_>, value: i64) -> bool {
    column.typed::<Int64Type>().write_batch(&[value], Some(&[1]), None).is_ok()
}

fn text(column: &mut SerializedColumnWriter<'_>, value: &[u8]) -> bool {
    column.typed::<ByteArrayType>().write_batch(&[value.to_vec().into()], Some(&[1]), None).is_ok()
}

#[test]
fn cell_that_no_export_has_is_refused_by_name() {
    let (found, end) = read(forged(|_, _| false));
    end.unwrap();
    let row = ExportRow { policy_version: Some(0), policy_entry: Some(0), ..ExportRow::default() };
    assert_eq!(found, lines(&[row]));
    type Change = fn(&mut SerializedColumnWriter<'_>) -> bool;
    let table: [(&str, &str, CellError, Change); 10] = [
        ("log", "log", CellError::Number, |column| number(column, 256)),
        ("index", "index", CellError::Number, |column| number(column, -1)),
        ("policy_version", "policy_version", CellError::Number, |column| number(column, 1 << 32)),
        ("server_time", "server_time", CellError::Time, |column| number(column, -1)),
        ("client_time", "client_time", CellError::Time, |column| number(column, i64::MAX)),
        ("language", "language", CellError::Text, |column| text(column, b"")),
        ("language", "language", CellError::Text, |column| text(column, b"\xff")),
        ("categories", "categories", CellError::Pairs, |column| text(column, b"required=yes")),
        ("categories", "categories", CellError::Category, |column| text(column, b"required=true")),
        ("category_advertising", "categories", CellError::Category, |column| {
            column.typed::<BoolType>().write_batch(&[true], Some(&[1]), None).is_ok()
        }),
    ];
    for (changed, named, problem, change) in table {
        let (_, end) = read(forged(|name, column| name == changed && change(column)));
        match end {
            Err(ParquetError::Cell { row: 1, column, problem: found }) => {
                assert_eq!((column.as_str(), found), (named, problem), "{changed}");
            }
            other => panic!("{changed}: {other:?}"),
        }
    }
}

#[test]
fn file_with_other_columns_is_refused() {
    let schema = Arc::new(parse_message_type("message m { REQUIRED INT64 index; }").unwrap());
    let mut file = SerializedFileWriter::new(tempfile::tempfile().unwrap(), schema, Arc::default()).unwrap();
    let mut group = file.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int64Type>().write_batch(&[1], None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    let (_, end) = read(file.into_inner().unwrap());
    assert!(matches!(end, Err(ParquetError::Columns(names)) if names == "index"));
}

#[test]
fn file_with_any_byte_changed_is_refused_or_read_to_its_end() {
    let mut good = Vec::new();
    let mut file = written(&rows()[..3], ids());
    file.seek(SeekFrom::Start(0)).unwrap();
    file.read_to_end(&mut good).unwrap();
    for at in (0..good.len()).step_by(7) {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at / 7 % 8);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bad).unwrap();
        // Whether what is read is the truth is for the hashes to say. Here it must only come to an end.
        let _ = read(file);
    }
    for length in (0..good.len()).step_by(97) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&good[..length]).unwrap();
        assert!(read(file).1.is_err(), "cut at {length}");
    }
}

/// A text as it is exported, or none.
fn word() -> impl Strategy<Value = std::borrow::Cow<'static, str>> {
    prop_oneof![Just("".into()), "[ -~]{1,20}".prop_map(Into::into), "\\PC{1,8}".prop_map(Into::into)]
}

fn time() -> impl Strategy<Value = std::borrow::Cow<'static, str>> {
    let any = (0..253_402_207_201_000_u64).prop_map(|millis| serialize_time(UnixMillis(millis)).into());
    prop_oneof![Just("".into()), any]
}

fn any_row() -> impl Strategy<Value = ExportRow<'static>> {
    let words = proptest::collection::vec(word(), 21);
    let times = [time(), time(), time()];
    let flags: [Option<bool>; 3] = [None; 3];
    let flags = flags.map(|_| proptest::option::of(any::<bool>()));
    let pairs = proptest::sample::subsequence(ids(), 0..=4);
    let numbers = (any::<u8>(), 0..1_u64 << 63, any::<Option<u32>>(), proptest::option::of(0..1_u64 << 63));
    let lists = proptest::collection::vec(word(), 0..4);
    (words, times, flags, (pairs, any::<u8>()), numbers, lists).prop_map(
        |(words, times, flags, (pairs, bits), numbers, denied_services)| {
            let mut words = words.into_iter();
            let mut word = || words.next().unwrap();
            let [server_time, client_time, valid_until] = times;
            let [late, signal_seen, overridden] = flags;
            let (log, index, policy_version, policy_entry) = numbers;
            let pairs = pairs.into_iter().enumerate().map(|(nth, id)| (id.into(), bits >> nth & 1 == 1));
            ExportRow {
                log,
                index,
                kind: word(),
                redacted: word(),
                record_id: word(),
                subject_id: word(),
                previous_record_id: word(),
                site_id: word(),
                server_time,
                client_time,
                late,
                attested_by: word(),
                action: word(),
                source: word(),
                categories: Pairs(pairs.collect()),
                denied_services,
                gpc_header: word(),
                gpc_dom: word(),
                dnt_header: word(),
                dnt_dom: word(),
                signal_seen,
                overridden,
                jurisdiction: word(),
                model: word(),
                policy_version,
                policy_entry,
                policy_hash: word(),
                language: word(),
                valid_until,
                salt: word(),
                commitment: word(),
                entry: word(),
                leaf_hash: word(),
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn rows_of_any_content_come_back_as_they_were(rows in proptest::collection::vec(any_row(), 0..12)) {
        let (found, end) = read(written(&rows, ids()));
        prop_assert!(end.is_ok(), "{end:?}");
        prop_assert_eq!(found, lines(&rows));
    }
}
