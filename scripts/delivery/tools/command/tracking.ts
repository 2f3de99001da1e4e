import { pipelineTracking } from "../../tracking";
import { terms } from "./terms";

const sequenced = (name: string, ...sequences: string[]) => ({ name, sequences });

/** The tables of tools that people run by commands: the planner reads them, and they are no drift. */
export const tracking = pipelineTracking({
    tool: "Command",
    markUnmet: terms.markUnmet,
    kept: [
        { name: "alembic_version" },
        sequenced("django_migrations", "django_migrations_id_seq"),
        sequenced("knex_migrations", "knex_migrations_id_seq"),
        sequenced("knex_migrations_lock", "knex_migrations_lock_index_seq"),
    ],
});
