//! Management: the log as a file. It is read from the clinic page after page while whoever asked for it takes it in, so that
//! nobody ever holds all of it.

use clinic::{
    Keys,
    commands::activities_export::{BeginExport, ExportPage, ReadExport},
    exports::Writer,
};
use futures_util::{
    StreamExt,
    stream::{self, LocalBoxStream},
};
use wire::{
    Empty, Problem, ProblemCode,
    activities::{ActivitiesQuery, ExportWish},
    signed::LogKeyText,
};
use worker::Error;

use super::activities::search;
use crate::{
    journal,
    reply::FileReply,
    visit::{Reader, Visit},
};

pub async fn export(visit: &mut Visit<'_>, request: ExportWish) -> Result<FileReply, Problem> {
    let ExportWish { format, user, actions, computer, from, until, words } = request;
    let query = ActivitiesQuery { before: None, limit: None, user, actions, computer, from, until, words };
    // As the log notes it: what was asked for, and nothing of what was left empty.
    let asked = serde_urlencoded::to_string(said(query.clone())).unwrap_or_default();
    let search = search(query)?;
    let plan = visit.change(&BeginExport { format, search: search.clone(), asked }).await?;
    let name = format!("wardkey-log-{}.{}", plan.day.as_str(), format.extension());
    let last = plan.last;
    let export = Export {
        reader: visit.reader()?,
        read: ReadExport { search, after: 0, last },
        writer: Writer::new(format, plan),
        keys: visit.config.derive_keys(),
    };
    Ok(FileReply { media_type: format.media_type(), name, chunks: export.chunks() })
}

/// For anybody: it is what an auditor compares, and proves nothing by itself.
pub async fn key(visit: &mut Visit<'_>, _: Empty) -> Result<LogKeyText, Problem> {
    let key = visit.config.keys.log_key().ok_or_else(|| Problem::new(ProblemCode::Internal))?;
    Ok(LogKeyText { key: key.to_string() })
}

fn said(query: ActivitiesQuery) -> ActivitiesQuery {
    let said = |text: Option<String>| text.filter(|text| !text.is_empty());
    let ActivitiesQuery { before, limit, user, actions, computer, from, until, words } = query;
    let [user, actions, computer] = [user, actions, computer].map(said);
    let [from, until, words] = [from, until, words].map(said);
    ActivitiesQuery { before, limit, user, actions, computer, from, until, words }
}

/// An export under way.
struct Export {
    reader: Reader,
    read: ReadExport,
    writer: Writer,
    keys: Keys,
}

/// What comes next of a file.
enum Next {
    Head,
    Page,
    Nothing,
}

impl Export {
    fn chunks(self) -> LocalBoxStream<'static, worker::Result<Vec<u8>>> {
        stream::try_unfold((self, Next::Head), |(mut export, next)| async move {
            let (chunk, next) = match next {
                Next::Head => (export.writer.begin().map_err(|_| broken("its head"))?, Next::Page),
                Next::Page => export.page().await?,
                Next::Nothing => return Ok(None),
            };
            Ok(Some((chunk, (export, next))))
        })
        .boxed_local()
    }

    async fn page(&mut self) -> worker::Result<(Vec<u8>, Next)> {
        // Whoever was signed out meanwhile gets no more: a file that breaks off is no file.
        let page =
            self.reader.read(&self.read).await.map_err(|problem| broken(&format!("{:?}", problem.code)))?;
        let ExportPage { lines, full } = page;
        let mut chunk = self.writer.page(&lines).map_err(|_| broken("its lines"))?;
        if full && let Some(newest) = lines.last() {
            self.read.after = newest.line.seq;
            return Ok((chunk, Next::Page));
        }
        chunk.extend(self.writer.end(&self.keys).map_err(|_| broken("its end"))?);
        Ok((chunk, Next::Nothing))
    }
}

fn broken(why: &str) -> Error {
    journal::fault("export", "", why);
    Error::RustError("an export broke off".to_owned())
}
