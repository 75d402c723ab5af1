//! Specs of any size, the same on every run, for measurements and limits.

use std::fmt::Write as _;

const NOUNS: [&str; 24] = [
    "invoice",
    "booking",
    "vehicle",
    "customer",
    "shipment",
    "warehouse",
    "ticket",
    "comment",
    "project",
    "milestone",
    "recipe",
    "ingredient",
    "patient",
    "appointment",
    "course",
    "lesson",
    "supplier",
    "contract",
    "device",
    "reading",
    "campaign",
    "subscriber",
    "listing",
    "review",
];
const KINDS: [&str; 20] = [
    "", "draft", "archived", "shared", "team", "partner", "regional", "monthly", "internal",
    "guest", "imported", "priority", "bulk", "seasonal", "trial", "legacy", "mobile", "field",
    "audit", "sandbox",
];

/// Writes a PRD of at least `bytes` bytes, and at most one section (about 3 KB) more.
///
/// Each section is about an entity of its own and mixes prose, stories, criteria, a field table,
/// a list and a fence, as long PRDs do; only the first has sign-in, payments and deploy target.
#[must_use]
pub fn prd(bytes: usize) -> String {
    let mut out = String::with_capacity(bytes + 4096);
    out.push_str(HEAD);
    for index in 0.. {
        section(&mut out, index);
        if out.len() >= bytes {
            break;
        }
    }
    out.push_str("## Out of scope\n\n- Native mobile apps.\n- Selling data to third parties.\n");
    out
}

/// A spec of about 3 KB, another one for each index.
#[must_use]
pub fn small(index: usize) -> String {
    let mut out = format!("# {}\n\nMembers sign in with Google.\n\n", entity(index));
    section(&mut out, index);
    out
}

/// The same amount of prose under three headings.
#[must_use]
pub fn few_headings(bytes: usize) -> String {
    let mut out = String::from("# Ledger\n\n## Overview\n\n");
    for index in 0.. {
        let (name, other) = (entity(index), entity(index + 7));
        let _ = write!(
            out,
            "A manager creates a {name} and links it to the {other} that it belongs to. \
             Everyone in the workspace can read it, and only its author may change it.\n\n"
        );
        if out.len() >= bytes {
            break;
        }
    }
    out.push_str("## Out of scope\n\nOffline use.\n");
    out
}

/// One list without a blank line in it.
#[must_use]
pub fn one_list(bytes: usize) -> String {
    let mut out = String::from("# Backlog\n\n## Features\n\n");
    for index in 0.. {
        let (name, other) = (entity(index), entity(index + 5));
        let _ = writeln!(out, "- Users can add a {name} to a {other}.");
        let _ = writeln!(out, "  - [ ] The {name} shows who added it and when.");
        if out.len() >= bytes {
            break;
        }
    }
    out
}

/// One pipe table.
#[must_use]
pub fn one_table(bytes: usize) -> String {
    let mut out = String::from("# Fields\n\n## Data model\n\n### records\n\n");
    out.push_str("| Column | Type | Notes |\n| --- | --- | --- |\n");
    for index in 0.. {
        let name = entity(index).replace(' ', "_");
        let _ = writeln!(out, "| {name}_{index} | text | not null, shown to the owner only |");
        if out.len() >= bytes {
            break;
        }
    }
    out
}

/// One SQL fence of many tables.
#[must_use]
pub fn one_fence(bytes: usize) -> String {
    let mut out = String::from("# Schema\n\n## Data model\n\n```sql\n");
    for index in 0.. {
        sql_table(&mut out, index);
        if out.len() >= bytes {
            break;
        }
    }
    out.push_str("```\n");
    out
}

const HEAD: &str = "---
title: Ledger
status: draft
---

# Ledger: one place for the work of a small company

Ledger is a web application in which a team keeps its customers, jobs and paperwork.
It replaces four spreadsheets and a shared mailbox.

## Sign-in

Members sign in with Google or with a magic link sent by email. Sessions last 30 days.

## Payments

Subscriptions are billed with Stripe. A Stripe webhook confirms each payment.

## Technology

- Next.js on Fly.io, PostgreSQL with row-level security.
- Files are uploaded to an S3 bucket `attachments`, at most 10 MB each.

";

fn section(out: &mut String, index: usize) {
    let (name, other) = (entity(index), entity(index + 11));
    let (table, target) = (table_name(index), table_name(index + 11));
    let id = 10 * (index + 1);
    let _ = write!(
        out,
        "## {index}. Working with the {name}

The {name} is what the office looks at first in the morning. Today it lives in a spreadsheet that \
nobody trusts, because two people edit it at once and the last one wins. Ledger keeps one {name} \
for each {other}, shows who changed it, and tells the others about it within a second.

### Stories

REQ-{id}: As a member, I want to create a {name} for a {other}, so that the office knows about it.

Acceptance criteria:

- The form asks for a title, a **due date** and an amount; everything else is optional.
- A {name} without a title is saved as a draft and shown to its author only.
- When the {other} is archived, the system shall archive the {name} too.
- The list can be filtered by `status` and exported as CSV.

REQ-{next}: As a manager, I want to see every {name} of my team, so that I can plan the week.

Acceptance criteria:

1. The overview loads in under two seconds with 5,000 entries.
2. Members of other teams do not see it.
3. Every Monday at 07:00 Europe/Berlin the manager receives a digest by email.

### Data model of the {name}

| Column | Type | Notes |
| --- | --- | --- |
| id | uuid | primary key |
| owner_id | uuid | references users.id |
| {target}_id | uuid | references {target}.id |
| title | text | not null |
| amount_cents | integer | |
| status | text | draft, open, done, archived |
| due_on | date | |
| created_at | timestamptz | default now() |

### History

",
        next = id + 1,
    );
    out.push_str("```sql\n");
    sql_table(out, index);
    let _ = write!(
        out,
        "```

### API

- `GET /api/{table}` lists what the caller may see.
- `POST /api/{table}` creates one; the body is checked against the field table.
- `DELETE /api/{table}/:id` archives it; rows are kept for 90 days.

> Open question: should a {name} move to another {other} after it was exported?

"
    );
}

fn sql_table(out: &mut String, index: usize) {
    let (table, target) = (table_name(index), table_name(index + 11));
    let _ = write!(
        out,
        "create table {table}_events (
  id uuid primary key,
  {table}_id uuid not null references {table} (id) on delete cascade,
  {target}_id uuid references {target} (id),
  actor_id uuid not null references users (id),
  kind text not null check (kind in ('created', 'changed', 'archived')),
  happened_at timestamptz not null default now()
);
"
    );
}

/// Two or three words that differ for the first 480 indexes and carry a number after that.
fn entity(index: usize) -> String {
    let noun = NOUNS[index % NOUNS.len()];
    let round = index / NOUNS.len();
    let kind = KINDS[round % KINDS.len()];
    let name = if kind.is_empty() { noun.to_owned() } else { format!("{kind} {noun}") };
    match round / KINDS.len() {
        0 => name,
        n => format!("{name} {n}"),
    }
}

fn table_name(index: usize) -> String {
    let mut name = entity(index).replace(' ', "_");
    name.push('s');
    name
}
