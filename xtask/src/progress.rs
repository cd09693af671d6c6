//! Says what is going on: on a terminal as a spinner with the time and the last line of output, elsewhere as plain lines.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, IsTerminal, Read},
    process::{Command, Stdio},
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// Lines of a failed command's output that are shown.
const TAIL_LINES: usize = 40;
/// Without a terminal, how often a long step says that it still runs.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// The steps that are under way, one below the other.
static STEPS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// A heading.
pub fn title(text: &str) {
    say(text);
}

/// A line that stays.
pub fn note(text: &str) {
    say(&format!("  {text}"));
}

/// Writes a line above the steps that are under way.
fn say(text: &str) {
    STEPS.suspend(|| println!("{text}"));
}

/// The end of a command that went wrong.
pub fn failed(error: &anyhow::Error) {
    eprintln!("\nError: {error:#}");
}

/// A step that takes a while. Dropped without `done`, it leaves no trace on a terminal.
pub struct Step {
    what: String,
    started: Instant,
    bar: ProgressBar,
    said: Instant,
}

impl Step {
    /// Says that the step begins.
    pub fn start(what: &str) -> Self {
        let bar = if std::io::stdout().is_terminal() {
            let bar = STEPS.add(ProgressBar::new_spinner());
            if let Ok(style) =
                ProgressStyle::with_template("  {spinner} {prefix} · {elapsed} {wide_msg:.dim}")
            {
                bar.set_style(style);
            }
            bar.set_prefix(what.to_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        } else {
            say(&format!("  {what} …"));
            ProgressBar::hidden()
        };
        Self { what: what.to_owned(), started: Instant::now(), bar, said: Instant::now() }
    }

    /// Shows the last line of the step's output.
    pub fn line(&mut self, line: &str) {
        self.bar.set_message(line.trim().to_owned());
        if self.bar.is_hidden() && self.said.elapsed() >= SIGN_OF_LIFE {
            self.said = Instant::now();
            let (what, seconds, line) = (&self.what, self.started.elapsed().as_secs(), line.trim());
            say(&format!("    {what}, {seconds} s{}{line}", if line.is_empty() { "" } else { ": " }));
        }
    }

    /// Says that the step went well.
    pub fn done(self) {
        self.bar.finish_and_clear();
        say(&format!("  ✓ {} · {:.1} s", self.what, self.started.elapsed().as_secs_f32()));
    }

    /// Says that the step did not go well; the caller says why.
    pub fn not_done(self) {
        self.bar.finish_and_clear();
        say(&format!("  ✗ {} · {:.1} s", self.what, self.started.elapsed().as_secs_f32()));
    }
}

/// What a command wrote, both streams in the order in which they came.
pub struct Output {
    /// Whether the command ended well.
    pub success: bool,
    /// Everything that it wrote.
    pub text: String,
}

impl Output {
    /// The last lines.
    pub fn tail(&self) -> String {
        let lines: VecDeque<&str> = self.text.lines().rev().take(TAIL_LINES).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

/// Runs a command as a step, collecting what it writes.
pub fn capture(what: &str, command: &mut Command) -> Result<Output> {
    let mut step = Step::start(what);
    let output = collect(command, |line| step.line(line));
    match &output {
        Ok(output) if output.success => step.done(),
        _ => step.not_done(),
    }
    output
}

/// Runs a command as a step that must go well. `advice` says what to do when it does not.
pub fn must(what: &str, command: &mut Command, advice: &str) -> Result<()> {
    let output = capture(what, command)?;
    if !output.success {
        bail!("{what} failed. {advice}\n\n{}", output.tail());
    }
    Ok(())
}

fn collect(command: &mut Command, mut each: impl FnMut(&str)) -> Result<Output> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{name}` could not be started"))?;
    let text = Arc::new(Mutex::new(String::new()));
    let (sender, receiver) = mpsc::channel();
    let readers = [
        child.stdout.take().map(|out| forward(out, sender.clone(), Arc::clone(&text))),
        child.stderr.take().map(|err| forward(err, sender, Arc::clone(&text))),
    ];
    let mut last = String::new();
    loop {
        match receiver.recv_timeout(SIGN_OF_LIFE) {
            Ok(line) => {
                each(&line);
                last = line;
            }
            // A linker says nothing for minutes.
            Err(RecvTimeoutError::Timeout) => each(&last),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    for reader in readers.into_iter().flatten() {
        let _ = reader.join();
    }
    let success = child.wait().with_context(|| format!("`{name}` was lost"))?.success();
    let text = text.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(Output { success, text })
}

fn forward(
    stream: impl Read + Send + 'static,
    sender: mpsc::Sender<String>,
    text: Arc<Mutex<String>>,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
            let line = String::from_utf8_lossy(&bytes).into_owned();
            text.lock().unwrap_or_else(PoisonError::into_inner).push_str(&line);
            let _ = sender.send(line);
            bytes.clear();
        }
    })
}
