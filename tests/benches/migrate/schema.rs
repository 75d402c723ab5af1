//! One schema in the words of each program: a table of users, and tables with nine columns, a
//! reference and three indexes each.

/// So many tables, the users among them.
pub(crate) fn names(n_tables: usize) -> Vec<String> {
    (0..n_tables.saturating_sub(1)).map(|it| format!("t{it:03}")).collect()
}

pub(crate) fn spec(n_tables: usize) -> String {
    let mut out = String::from(
        "add_table:\n  name: users\n  columns: [id pk, email text unique not null]\n  rls: own-row(id)\n",
    );
    for name in names(n_tables) {
        out += &format!(
            "---\nadd_table:\n  name: {name}\n  columns:\n    - id pk\n    - owner_id not null fk->users.id\n    \
             - title text not null\n    - body text\n    - price numeric(10,2)\n    - paid boolean not null default false\n    \
             - created_at timestamptz default now()\n    - updated_at timestamptz\n    - score integer not null default 0\n  \
             rls: own-row(owner_id)\n  indices: [owner_id, created_at desc, title]\n"
        );
    }
    out
}

/// Statements of SQLite, without checks of form and policies.
pub(crate) fn statements(n_tables: usize) -> Vec<String> {
    let mut out = vec![
        "CREATE TABLE users (id text PRIMARY KEY NOT NULL, email text NOT NULL UNIQUE)".to_owned(),
    ];
    for name in names(n_tables) {
        out.push(format!(
            "CREATE TABLE {name} (id text PRIMARY KEY NOT NULL, owner_id text NOT NULL REFERENCES users(id), \
             title text NOT NULL, body text, price numeric, paid integer DEFAULT false NOT NULL, \
             created_at text DEFAULT CURRENT_TIMESTAMP, updated_at text, score integer DEFAULT 0 NOT NULL)"
        ));
        for (suffix, key) in [("o", "owner_id"), ("c", "created_at"), ("t", "title")] {
            out.push(format!("CREATE INDEX {name}_{suffix} ON {name} ({key})"));
        }
    }
    out
}

/// A revision of alembic.
pub(crate) fn alembic(n_tables: usize) -> String {
    let mut out = String::from(
        "from alembic import op\nimport sqlalchemy as sa\nrevision = '0001'\ndown_revision = None\n\
         def upgrade():\n    op.create_table('users', sa.Column('id', sa.Uuid(), primary_key=True), \
         sa.Column('email', sa.Text(), nullable=False, unique=True))\n",
    );
    for name in names(n_tables) {
        out += &format!(
            "    op.create_table('{name}', sa.Column('id', sa.Uuid(), primary_key=True), \
             sa.Column('owner_id', sa.Uuid(), sa.ForeignKey('users.id'), nullable=False), \
             sa.Column('title', sa.Text(), nullable=False), sa.Column('body', sa.Text()), \
             sa.Column('price', sa.Numeric(10, 2)), \
             sa.Column('paid', sa.Boolean(), nullable=False, server_default=sa.false()), \
             sa.Column('created_at', sa.DateTime(), server_default=sa.func.now()), \
             sa.Column('updated_at', sa.DateTime()), \
             sa.Column('score', sa.Integer(), nullable=False, server_default='0'))\n"
        );
        for (suffix, key) in [("o", "owner_id"), ("c", "created_at"), ("t", "title")] {
            out += &format!("    op.create_index('{name}_{suffix}', '{name}', ['{key}'])\n");
        }
    }
    out + "def downgrade():\n    pass\n"
}

const DJANGO_FIELDS: [(&str, &str); 7] = [
    ("title", "models.TextField(db_index=True)"),
    ("body", "models.TextField(null=True)"),
    ("price", "models.DecimalField(max_digits=10, decimal_places=2, null=True)"),
    ("paid", "models.BooleanField(default=False)"),
    ("created_at", "models.DateTimeField(auto_now_add=True, db_index=True)"),
    ("updated_at", "models.DateTimeField(null=True)"),
    ("score", "models.IntegerField(default=0)"),
];

fn class(name: &str) -> String {
    name.to_uppercase()
}

/// Models of Django.
pub(crate) fn django_models(n_tables: usize) -> String {
    let mut out = String::from(
        "import uuid\nfrom django.db import models\nclass USERS(models.Model):\n    \
         id = models.UUIDField(primary_key=True, default=uuid.uuid4)\n    email = models.TextField(unique=True)\n",
    );
    for name in names(n_tables) {
        out += &format!(
            "class {}(models.Model):\n    id = models.UUIDField(primary_key=True, default=uuid.uuid4)\n    \
             owner = models.ForeignKey(USERS, on_delete=models.CASCADE)\n",
            class(&name)
        );
        for (field, kind) in DJANGO_FIELDS {
            out += &format!("    {field} = {kind}\n");
        }
    }
    out
}

/// The migration that makes them.
pub(crate) fn django_migration(n_tables: usize) -> String {
    let id = "('id', models.UUIDField(primary_key=True, default=uuid.uuid4, serialize=False))";
    let mut out = format!(
        "import uuid\nfrom django.db import migrations, models\nimport django.db.models.deletion\n\
         class Migration(migrations.Migration):\n    initial = True\n    dependencies = []\n    operations = [\n        \
         migrations.CreateModel(name='USERS', fields=[{id}, ('email', models.TextField(unique=True))]),\n"
    );
    for name in names(n_tables) {
        let fields = DJANGO_FIELDS.map(|(field, kind)| format!("('{field}', {kind})")).join(", ");
        out += &format!(
            "        migrations.CreateModel(name='{}', fields=[{id}, ('owner', models.ForeignKey(\
             on_delete=django.db.models.deletion.CASCADE, to='shop.users')), {fields}]),\n",
            class(&name)
        );
    }
    out + "    ]\n"
}
