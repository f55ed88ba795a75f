use crate::syntax::Format;
use crate::syntax::testing::{bears, checked};

#[test]
fn hostile_programs_are_borne() {
    bears(Format::R, 30_000, PIECES);
    let nested = |open: &str, close: &str| open.repeat(10_000) + &close.repeat(10_000);
    for program in [
        nested("f(", ")"),
        nested("list(a = ", ")"),
        nested("{", "}"),
        nested("function(x) ", "1"),
        nested("!", "x"),
        format!("a <- b{}", "$c".repeat(10_000)),
        format!("a{}", " |> f()".repeat(10_000)),
    ] {
        checked(Format::R, program.as_bytes());
    }
}

const PIECES: &[&str] = &[
    "library(httr)\n",
    "x <- Sys.getenv(\"A\", unset = 'b')\n",
    "Sys.setenv(A = \"b\", 'C' = d)\n",
    "f <- function(a, b = \"c\", ...) {\n",
    "}\n",
    "system2(\"hf\", c(\"auth\", x))\n",
    "y |> print()\n",
    "z %>% f(1)\n",
    "x[[\"a\"]] <- list(b = 1, 2)\n",
    "x$a$b",
    "a::b(c)",
    "r\"(raw)\"",
    "if (a) b else ",
    "for (k in c('A')) ",
    "-> b\n",
    "[[",
    "]]",
];
