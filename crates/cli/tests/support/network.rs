//! A site's real service, asked over the network of this machine.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};

use crate::site::service::App;
use crate::support::{Asked, Server, answer};

type Job = Box<dyn FnOnce(&mut App) + Send>;

/// The service on a thread of its own, and a server before it.
pub struct Network {
    pub url: String,
    jobs: Sender<Job>,
    _server: Server,
}

/// Changes an answer on its way: the path that was asked for, the status, the body.
pub type Spoil = fn(&str, u16, Vec<u8>) -> (u16, Vec<u8>);
/// What happens at the service once something was answered, by the path that was asked for.
pub type After = fn(&App, &str);

impl Network {
    /// Starts the service, and the server.
    pub fn start(app: fn() -> App) -> Self {
        Self::spoilt(app, |_, status, body| (status, body))
    }

    /// Starts it behind somebody who changes its answers.
    pub fn spoilt(app: fn() -> App, spoil: Spoil) -> Self {
        Self::busy(app, spoil, |_, _| {})
    }

    /// Starts it with more going on than what is asked here.
    pub fn busy(app: fn() -> App, spoil: Spoil, after: After) -> Self {
        let (jobs, queue) = channel::<Job>();
        std::thread::spawn(move || {
            let mut app = app();
            queue.into_iter().for_each(|job| job(&mut app));
        });
        let asked = Mutex::new(jobs.clone());
        let server = Server::start(move |request| {
            let (request, jobs) = (request.clone(), asked.lock().unwrap().clone());
            ask(&jobs, move |app| serve(app, &request, spoil, after))
        });
        Self { url: server.url.clone(), jobs, _server: server }
    }

    /// Does something to the service.
    pub fn with<T: Send + 'static>(&self, run: impl FnOnce(&mut App) -> T + Send + 'static) -> T {
        ask(&self.jobs, run)
    }

    /// An auditor's token.
    pub fn token(&self) -> String {
        self.with(|app| app.auditor()).trim_start_matches("Bearer ").to_owned()
    }
}

fn ask<T: Send + 'static>(jobs: &Sender<Job>, run: impl FnOnce(&mut App) -> T + Send + 'static) -> T {
    let (tell, told) = channel();
    let job: Job = Box::new(move |app| tell.send(run(app)).unwrap());
    jobs.send(job).unwrap();
    told.recv().unwrap()
}

fn serve(app: &App, request: &Asked, spoil: Spoil, after: After) -> Vec<u8> {
    let (method, path) = request.line.split_once(' ').unwrap();
    let headers: Vec<(&str, &str)> =
        request.headers.lines().filter_map(|line| line.split_once(": ")).collect();
    let answered = app.send(method, path, &headers, request.body.as_bytes());
    let shown = ["content-type", "consentry-next-cursor"];
    let headers = shown.map(|name| (name, answered.header(name).to_owned()));
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let (status, body) = spoil(path, answered.status, answered.body);
    after(app, path);
    answer(status, &headers, &body)
}
