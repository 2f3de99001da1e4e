"""books"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table(
        "books",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("author", sa.BigInteger, sa.ForeignKey("authors.id"), nullable=False),
    )


def downgrade():
    op.drop_table("books")
