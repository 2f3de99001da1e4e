/** A changeset in which a fault can strike. */
export interface Step {
    id: string;
    /** The changeset as formatted SQL. */
    text: string;
    /** Part of the statement during which the fault strikes, and of no other. */
    marker: string;
    /** About as long as that statement takes. */
    milliseconds: number;
    /** Part of the statement that undoes it. */
    undoMarker?: string;
}

/** Each step shows whether it ran never, once or twice: nothing here can be run again unnoticed. */
export const steps: Step[] = [
    {
        id: "tables",
        marker: "step tables",
        milliseconds: 300,
        text: `--changeset faults:tables
CREATE TABLE ledger (entry int, note text);
CREATE TABLE counter (n int);
INSERT INTO counter VALUES (0);
SELECT pg_sleep(0.3), 'step tables';
--rollback DROP TABLE counter;
--rollback DROP TABLE ledger;`,
    },
    {
        id: "count",
        marker: "step count",
        milliseconds: 300,
        undoMarker: "undo count",
        text: `--changeset faults:count
UPDATE counter SET n = n + 1;
SELECT pg_sleep(0.3), 'step count';
INSERT INTO ledger VALUES (-1, 'counted');
--rollback UPDATE counter SET n = n - 1;
--rollback SELECT pg_sleep(0.3), 'undo count';
--rollback DELETE FROM ledger WHERE note = 'counted';`,
    },
    {
        id: "fill",
        marker: "step fill",
        milliseconds: 250,
        undoMarker: "undo fill",
        text: `--changeset faults:fill
INSERT INTO ledger SELECT i, 'step fill' FROM generate_series(1, 40000) i;
UPDATE counter SET n = n + 10;
--rollback UPDATE counter SET n = n - 10;
--rollback DELETE FROM ledger WHERE note = 'step fill' AND 'undo fill' <> note;`,
    },
    {
        id: "index",
        marker: "CREATE INDEX CONCURRENTLY ledger_note",
        milliseconds: 500,
        undoMarker: "DROP INDEX CONCURRENTLY",
        text: `--changeset faults:index runInTransaction:false
CREATE INDEX CONCURRENTLY ledger_note ON ledger (encode(sha512(sha512(sha512(note::bytea || entry::text::bytea))), 'hex'));
--rollback DROP INDEX CONCURRENTLY IF EXISTS ledger_note;`,
    },
    {
        id: "column",
        marker: "step column",
        milliseconds: 250,
        undoMarker: "undo column",
        text: `--changeset faults:column
ALTER TABLE ledger ADD COLUMN doubled int;
UPDATE ledger SET doubled = entry * 2 WHERE note <> 'step column';
UPDATE counter SET n = n + 100;
--rollback UPDATE counter SET n = n - 100;
--rollback SELECT pg_sleep(0.2), 'undo column';
--rollback ALTER TABLE ledger DROP COLUMN doubled;`,
    },
    {
        id: "last",
        marker: "step last",
        milliseconds: 300,
        undoMarker: "undo last",
        text: `--changeset faults:last
UPDATE counter SET n = n + 1000;
INSERT INTO ledger VALUES (-2, 'the last', 0);
SELECT pg_sleep(0.3), 'step last';
--rollback UPDATE counter SET n = n - 1000;
--rollback SELECT pg_sleep(0.2), 'undo last';
--rollback DELETE FROM ledger WHERE note = 'the last';`,
    },
];

export const ids = steps.map(({ id }) => id);
