//! `hfscan agent-hook`: what agents that write code ask before and after they do something.

mod check;
mod judge;
mod sends;
mod settings;

use std::io::{self, Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use self::check::Checked;
use super::agent_args::{AgentHookArgs, AgentHookCommand, EventArgs};
use super::exit::{Exit, Failure, safe};
use super::print;
use crate::agent::{Agents, Answer, EventError, Protocol};

/// The longest event, in bytes: agents hand over whole files, and what tools put out.
const LONGEST: u64 = 256 << 20;

/// Does what was asked.
pub(super) fn run(args: AgentHookArgs) -> Result<Exit, Failure> {
    let agents = Agents::built_in()?;
    match (args.command, args.event.agent.as_deref()) {
        (Some(AgentHookCommand::Install { place, fail_closed }), _) => {
            let protocol = known(&agents, &place.agent)?;
            settings::install(protocol, place.user, fail_closed)
        }
        (Some(AgentHookCommand::Uninstall { place }), _) => {
            settings::uninstall(known(&agents, &place.agent)?, place.user)
        }
        (None, Some(agent)) => respond(&agents, known(&agents, agent)?, &args.event),
        (None, None) => Err(Failure::new("no agent is named").help(names(&agents))),
    }
}

fn known<'a>(agents: &'a Agents, name: &str) -> Result<&'a Protocol, Failure> {
    let unknown = || Failure::new(format!("there is no agent `{name}`")).help(names(agents));
    agents.protocol(name).ok_or_else(unknown)
}

fn names(agents: &Agents) -> String {
    let names = agents.protocols.iter().map(|protocol| &*protocol.name);
    format!("it is one of {}", names.collect::<Vec<_>>().join(", "))
}

/// Answers an event. Agents take a refusal, too, from standard output, and the exit code 0.
fn respond(agents: &Agents, protocol: &Protocol, args: &EventArgs) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    let read = io::stdin().take(LONGEST + 1).read_to_end(&mut text);
    let checked = match read {
        Err(error) => Err(format!("the event cannot be read: {error}")),
        Ok(_) if text.len() as u64 > LONGEST => Err("the event is too long".to_owned()),
        Ok(_) => {
            let check = AssertUnwindSafe(|| look(agents, protocol, args, &text));
            let defect = "a defect of hfscan: please report it";
            catch_unwind(check).unwrap_or_else(|_| Err(defect.to_owned()))
        }
    };
    match checked {
        Ok(answer) => print(&format!("{answer}\n")),
        Err(why) if args.fail_closed => {
            tell(&safe(&format!(
                "hfscan could not check this, and the hook fails closed, so it is refused: {why}"
            )));
            Ok(Exit::Failed)
        }
        Err(why) => {
            let words = safe(&format!(
                "hfscan could not check this, and the hook fails open, so it passed: {why}"
            ));
            tell(&words);
            print(&format!("{}\n", protocol.answer(None, &Answer::Say(words))))
        }
    }
}

/// The answer to an event, or why it could not be checked.
fn look(
    agents: &Agents,
    protocol: &Protocol,
    args: &EventArgs,
    text: &[u8],
) -> Result<serde_json::Value, String> {
    let event = match agents.read(protocol, args.event.as_deref(), text) {
        Ok(event) => event,
        // Agents get new events all the time, and none of them may stand still because of that.
        Err(error @ EventError::Unknown(_)) => {
            let words = safe(&format!("hfscan lets this pass: {error}"));
            tell(&words);
            return Ok(protocol.answer(None, &Answer::Say(words)));
        }
        Err(error) => return Err(error.to_string()),
    };
    let Checked { answer, unchecked } = check::check(agents, protocol, &event)?;
    if let (Answer::Pass, Some(why)) = (&answer, unchecked) {
        return Err(why);
    }
    if let Answer::Deny(reason) = &answer
        && !event.can_be_denied()
    {
        let words = Answer::Say(reason.clone());
        return Ok(protocol.answer(Some(&event), &words));
    }
    Ok(protocol.answer(Some(&event), &answer))
}

/// Says something to whoever reads the agent's log.
fn tell(words: &str) {
    let _ = writeln!(anstream::stderr(), "{words}");
}
