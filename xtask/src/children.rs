//! Programs that we start end with us, however we end: after Ctrl-C, a panic or kill -9.

use std::{
    io::Write,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process_group};

/// How long a program may take to end by itself before it is killed.
const PATIENCE: Duration = Duration::from_secs(5);

/// Waits on a pipe that only we hold. A line means that we took care of everything; its end without one means that we died.
const GUARD: &str = r#"trap "" INT TERM HUP
read -r word || { kill -TERM "-$1" 2>/dev/null; sleep 1; kill -KILL "-$1" 2>/dev/null; [ -z "$2" ] || rm -rf "$2"; }"#;

/// A program with everything that it started, in a process group of its own, so that Ctrl-C reaches us alone.
pub struct Kept {
    child: Child,
    guard: Child,
    line: Option<ChildStdin>,
}

impl Kept {
    /// Starts a program. Should we die, `scratch` is removed as well.
    pub fn spawn(command: &mut Command, scratch: Option<&Path>) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .process_group(0)
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("`{name}` could not be started"))?;
        let guard = Command::new("sh")
            .args(["-c", GUARD, "guard", &child.id().to_string()])
            .arg(scratch.unwrap_or(Path::new("")))
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match guard {
            Ok(mut guard) => {
                let line = guard.stdin.take();
                Ok(Self { child, guard, line })
            }
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(error).context("`sh` could not be started")
            }
        }
    }

    /// The program's own handle.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Whether the program has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills the program at once, as a power cut would.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, signal);
        }
    }

    fn stop(&mut self) {
        if !self.has_ended() {
            self.signal(Signal::TERM);
            let deadline = Instant::now() + PATIENCE;
            while !self.has_ended() && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(10));
            }
            if !self.has_ended() {
                self.kill();
            }
        }
        if let Some(mut line) = self.line.take() {
            let _ = line.write_all(b"stopped\n");
        }
        let _ = self.guard.wait();
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.stop();
    }
}
