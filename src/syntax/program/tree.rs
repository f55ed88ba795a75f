//! The tree of a program, alike for all languages: adapters fill it, the evaluator reads it.
//!
//! It is flat in memory, in the order of the text, so that no walk over it needs a stack as deep as
//! the input.

use std::collections::HashMap;

use crate::span::Span;
use crate::syntax::Import;

/// The place of a node in its tree.
pub(super) type Id = usize;

/// How many nodes a tree may have: enough for the largest files that people write.
const MAX_NODES: usize = 4_000_000;

/// What a node is. The roles of its children stand behind it; what has none there is a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Root,
    /// A variable.
    Name,
    /// `this`, `super`, `import.meta`: a name that nothing can be given to.
    This,
    /// A name that stands for itself: a member, a key, a keyword.
    Key,
    /// `x.a`: object, member.
    Attribute,
    /// `x[a]`: object, key.
    Subscript,
    /// `a:b` as a key.
    Slice,
    /// One string literal: inside.
    String,
    /// String literals side by side.
    Strings,
    /// What stands between the quotes: texts and interpolations.
    Inside,
    /// A text with escapes.
    Text,
    /// A text without.
    RawText,
    /// An expression in a string: value.
    Interpolation,
    /// A number or a truth value.
    Literal,
    Null,
    /// A list, tuple, set or array.
    List,
    Map,
    /// An entry of a map: key, value.
    Pair,
    /// `{a}`, an entry whose value has the name of its key.
    Shorthand,
    /// `*x`, `...x`: value.
    Spread,
    /// `**x`: value.
    SpreadMap,
    /// `f(a=x)`: name, value.
    Keyword,
    /// `f(…)`: callee, arguments.
    Call,
    /// `new F(…)`: callee, arguments.
    New,
    Arguments,
    /// Parentheses and what else changes no value: value.
    Wrapped,
    /// `await x`: value.
    Await,
    /// `a = b`: target, type, value. Also an expression.
    Assignment,
    /// `let a = b`: target, type, value.
    Declaration,
    /// `var a = b`, which holds in the whole function: target, type, value.
    FunctionWide,
    /// `a += b`: target, value.
    AddTo,
    /// `a |= b` of maps: target, value.
    MergeInto,
    /// `a ||= b`: target, value.
    DefaultTo,
    /// `a -= b`: target, value.
    Change,
    /// `a if c else b`: then, else.
    Conditional,
    Or,
    And,
    /// `a + b` of numbers, texts or lists: left, right.
    Add,
    /// `text % values`: left, right.
    Format,
    /// `a | b` of maps: left, right.
    Merge,
    /// `text * 3`: left, right.
    Repeat,
    /// `folder / file`: left, right.
    Divide,
    /// Another operator: left, right.
    Binary,
    /// `a in b`: left, right.
    Contains,
    /// A number with a sign.
    Signed,
    /// `[x for x in y]`: element.
    Comprehension,
    /// `{k: v for k, v in y}`: element.
    MapComprehension,
    /// `(x for x in y)`: element.
    Generator,
    /// `for x in y` of a comprehension: target, over.
    ForClause,
    /// name, parameters, body.
    Function,
    /// `lambda: x`: body.
    Lambda,
    /// name, body.
    Class,
    Parameters,
    /// target, type, value.
    Parameter,
    /// A parameter that is a field of its class too: target, type, value.
    FieldParameter,
    /// `*args`; behind it there are no places.
    RestParameter,
    /// Statements with a scope of their own.
    Block,
    /// Statements.
    Suite,
    /// target, over, body.
    For,
    /// `catch (e)`: target.
    Catch,
    /// value.
    Return,
    /// `with value as target`: value, target.
    Alias,
    /// A name that is imported: see [`Tree::import`].
    Import,
    /// `global a, b`
    Global,
    /// `del a, b`
    Delete,
    /// `print a, b`
    Print,
    /// A field of a class, a member of an enumeration: target, value.
    Field,
    /// An attribute of an element: name, value.
    Property,
    /// `[a, b] = …`
    ListPattern,
    /// `{a, b: c} = …`
    MapPattern,
    /// `{b: c} = …`: key, value.
    PairPattern,
    /// `[...a] = …`: value.
    RestPattern,
    /// `[a = b] = …`: target, value.
    DefaultPattern,
    Other,
}

/// What a node is to its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// One of several.
    Item,
    Object,
    Member,
    Key,
    Value,
    Name,
    Target,
    Type,
    Callee,
    Arguments,
    Parameters,
    Body,
    Left,
    Right,
    Then,
    Else,
    Over,
    Element,
    Inside,
}

/// How many children of a node have a role other than an item's.
const MAX_SLOTS: usize = 3;

#[derive(Debug)]
struct Node {
    kind: Kind,
    role: Role,
    start: u32,
    end: u32,
    parent: u32,
    /// The first node that is not below this one.
    next: u32,
    /// The children that have a role; 0 for none.
    slots: [u32; MAX_SLOTS],
}

/// A program, or several that share their names, below one root.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    imports: HashMap<Id, (Import, usize)>,
    /// The nodes that are open, outermost first.
    open: Vec<u32>,
    is_full: bool,
}

impl Tree {
    /// A tree with a root and nothing else.
    pub(super) fn new(length: usize) -> Self {
        let root = Node {
            kind: Kind::Root,
            role: Role::Item,
            start: 0,
            end: short(length),
            parent: 0,
            next: 1,
            slots: [0; MAX_SLOTS],
        };
        Self {
            nodes: vec![root],
            imports: HashMap::new(),
            open: vec![0],
            is_full: false,
        }
    }

    /// Begins a node below those that are open.
    pub(super) fn open(&mut self, kind: Kind, role: Role, span: Span) -> Id {
        let id = short(self.nodes.len());
        if self.nodes.len() >= MAX_NODES {
            self.is_full = true;
            self.open.push(id);
            return 0;
        }
        let parent = self.open.last().copied().unwrap_or_default();
        if role != Role::Item
            && let Some(node) = self.nodes.get_mut(parent as usize)
            && let Some(slot) = node.slots.iter_mut().find(|slot| **slot == 0)
        {
            *slot = id;
        }
        self.nodes.push(Node {
            kind,
            role,
            start: short(span.start),
            end: short(span.end.max(span.start)),
            parent,
            next: id + 1,
            slots: [0; MAX_SLOTS],
        });
        self.open.push(id);
        id as usize
    }

    /// Ends the node that was begun last.
    pub(super) fn close(&mut self) {
        let next = short(self.nodes.len());
        if let Some(id) = self.open.pop()
            && let Some(node) = self.nodes.get_mut(id as usize)
        {
            node.next = next;
        }
        if let Some(root) = self.nodes.first_mut() {
            root.next = next;
        }
    }

    /// A node without children.
    pub(super) fn leaf(&mut self, kind: Kind, role: Role, span: Span) -> Id {
        let id = self.open(kind, role, span);
        self.close();
        id
    }

    /// A name that is imported, bound from a place of the text on.
    pub(super) fn add_import(&mut self, span: Span, at: usize, import: Import) {
        let id = self.leaf(Kind::Import, Role::Item, span);
        self.imports.insert(id, (import, at));
    }

    /// Whether there was no room for all nodes.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// How many nodes there are; ids are below it.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn kind(&self, id: Id) -> Kind {
        self.nodes.get(id).map_or(Kind::Other, |node| node.kind)
    }

    /// What a node is to its parent.
    pub(super) fn role(&self, id: Id) -> Role {
        self.nodes.get(id).map_or(Role::Item, |node| node.role)
    }

    /// The bytes of a node in the text.
    pub(super) fn span(&self, id: Id) -> Span {
        let node = self.nodes.get(id);
        node.map_or(0..0, |node| node.start as usize..node.end as usize)
    }

    /// The node above.
    pub(super) fn parent(&self, id: Id) -> Option<Id> {
        (id != 0).then(|| self.nodes.get(id).map(|node| node.parent as usize))?
    }

    /// The nodes right below.
    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let end = self.next(id);
        let mut next = id + 1;
        std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            next = self.next(child);
            Some(child)
        })
    }

    fn next(&self, id: Id) -> Id {
        self.nodes.get(id).map_or(id + 1, |node| node.next as usize)
    }

    /// The child of a role.
    pub(super) fn child(&self, id: Id, role: Role) -> Option<Id> {
        let slots = self.nodes.get(id)?.slots.iter();
        let mut children = slots.map(|slot| *slot as usize).take_while(|id| *id != 0);
        children.find(|child| self.role(*child) == role)
    }

    /// What an import gives, and from where on.
    pub(super) fn import(&self, id: Id) -> Option<&(Import, usize)> {
        self.imports.get(&id)
    }
}

fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What an adapter does next, in the order of the text.
#[derive(Debug)]
pub(super) enum Step<N> {
    /// Takes a node of the parser's tree apart.
    Node(N, Role),
    Open(Kind, Role, Span),
    Close,
    Leaf(Kind, Role, Span),
    /// A name that is imported: its bytes, where it is bound, and what it is.
    Import(Span, usize, Import),
}

/// What turns the tree of a parser into one of ours.
pub(super) trait Adapter {
    /// A node of the parser's tree.
    type Node;

    /// Adds what a node is made of.
    fn expand(&self, node: Self::Node, role: Role, steps: &mut Vec<Step<Self::Node>>);
}

/// Adds what the nodes of a parser are made of, with no more stack however deep they lie.
pub(super) fn fill<A: Adapter>(
    tree: &mut Tree,
    adapter: &A,
    nodes: impl DoubleEndedIterator<Item = A::Node>,
) {
    let mut left: Vec<Step<A::Node>> = Vec::new();
    left.extend(nodes.rev().map(|node| Step::Node(node, Role::Item)));
    let mut next = Vec::new();
    while let Some(step) = left.pop() {
        match step {
            Step::Node(node, role) => {
                adapter.expand(node, role, &mut next);
                left.extend(next.drain(..).rev());
            }
            Step::Open(kind, role, span) => {
                tree.open(kind, role, span);
            }
            Step::Close => tree.close(),
            Step::Leaf(kind, role, span) => {
                tree.leaf(kind, role, span);
            }
            Step::Import(span, at, import) => tree.add_import(span, at, import),
        }
    }
}
