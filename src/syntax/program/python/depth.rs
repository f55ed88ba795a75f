//! How deep a program lies in itself. What is too deep is not parsed: the parser and the dropping of its
//! tree take a stack as deep as that.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// How deep brackets, strings, blocks and operators may lie in each other. People write some dozens;
/// a stack of 2 MB bears 20,000.
const MAX_DEPTH: usize = 4_000;

/// Whether a program lies too deep in itself. Each level takes a byte at least, so that short ones
/// need no look.
pub(super) fn is_over(program: &str) -> bool {
    if program.len() <= MAX_DEPTH {
        return false;
    }
    let mut depth = Depth::default();
    let mut lexer = lexer::lex(program, Mode::Module);
    loop {
        let token = lexer.next_token();
        if token == TokenKind::EndOfFile {
            return false;
        }
        depth.read(token);
        if depth.total > MAX_DEPTH {
            return true;
        }
    }
}

/// Levels that are open.
#[derive(Default)]
struct Depth {
    total: usize,
    /// The operators in a row, behind each open bracket.
    chains: Vec<usize>,
    /// Those outside of brackets.
    chain: usize,
}

impl Depth {
    fn read(&mut self, token: TokenKind) {
        match token {
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                self.total += 1;
                self.chains.push(0);
            }
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd => {
                if let Some(chain) = self.chains.pop() {
                    self.total -= chain + 1;
                }
                // `f()()()` lies as deep as it has calls.
                self.operator();
            }
            TokenKind::Indent => self.total += 1,
            TokenKind::Dedent => self.total = self.total.saturating_sub(1),
            TokenKind::Comma | TokenKind::Newline | TokenKind::Semi => self.separator(),
            // A statement begins, whatever was left open before.
            TokenKind::Def | TokenKind::Class | TokenKind::Import | TokenKind::Return => {
                self.separator();
            }
            TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::TStringMiddle
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline => {}
            _ => self.operator(),
        }
    }

    fn operator(&mut self) {
        self.total += 1;
        *self.chains.last_mut().unwrap_or(&mut self.chain) += 1;
    }

    fn separator(&mut self) {
        let chain = self.chains.last_mut().unwrap_or(&mut self.chain);
        self.total -= std::mem::take(chain);
    }
}
