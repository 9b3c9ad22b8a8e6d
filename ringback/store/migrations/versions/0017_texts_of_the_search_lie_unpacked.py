"""On PostgreSQL the texts that the search reads lie beside the table unpacked: unpacking cost more than reading."""

from alembic import op

revision = '0017'
down_revision = '0016'


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE search_part ALTER said SET STORAGE EXTERNAL, ALTER stems SET STORAGE EXTERNAL")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE search_part ALTER said SET STORAGE EXTENDED, ALTER stems SET STORAGE EXTENDED")
