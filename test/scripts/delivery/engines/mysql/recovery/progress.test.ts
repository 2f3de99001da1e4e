import assert from "node:assert/strict";
import { type Entry, fingerprintOf } from "../../../../../../scripts/delivery/engines/fingerprint";
import { progressOf, tracesOf } from "../../../../../../scripts/delivery/engines/mysql/recovery/progress";
import { differences } from "../../../../../../scripts/delivery/engines/fingerprint";

describe("how far a changeset came in MySQL", () => {
    const catalog = (...entries: Entry[]) => fingerprintOf(entries, 800);
    const column = (table: string, name: string, definition = "int"): Entry => ({
        ...{ kind: "column", name: `${table}.${name}`, definition, of: `table ${table}` },
    });
    const table = (name: string): Entry => ({ kind: "table", name, definition: "ENGINE InnoDB" });
    const before = catalog(table("orders"), column("orders", "id"));
    const after = (...added: Entry[]) => catalog(table("orders"), column("orders", "id"), ...added);
    const note = column("orders", "note");

    it("is told by the names of what differs", () => {
        const add = "/* why */ alter table `shop`.`Orders` ADD note int";
        assert.equal(progressOf([add], before, before), "Nothing");
        assert.equal(progressOf([add, "-- a remark"], before, after(note)), "Whole");
        assert.equal(progressOf([add, "UPDATE orders SET note = 1"], before, after(note)), "Part");
        assert.equal(progressOf(["ALTER TABLE orders_old ADD note int"], before, after(note)), "Part");
        assert.equal(progressOf([add], before, after(note, table("other"))), "Part");
    });

    it("is told with what the server changes by itself", () => {
        const view = { kind: "column", name: "all_orders.note", definition: "int", of: "view all_orders" };
        const grant = { kind: "grant", name: "'app'@'%' on procedure refresh", definition: "EXECUTE" };
        const procedure = { kind: "procedure", name: "refresh", definition: "()" };
        assert.equal(progressOf(["ALTER TABLE orders ADD note int"], before, after(note, view)), "Whole");
        assert.equal(progressOf(["CREATE PROCEDURE refresh() DO 1"], before, after(procedure, grant)), "Whole");
    });

    it("names those of several statements that left a trace", () => {
        const statements = [
            "ALTER TABLE orders ADD note int",
            "ALTER TABLE orders ADD more int",
            "CREATE TABLE other (id int)",
        ];
        const traces = (now: ReturnType<typeof after>) => tracesOf(statements, differences(before, now));
        assert.deepEqual(traces(after(note)), statements.slice(0, 1));
        assert.deepEqual(traces(after(note, table("other"))), [statements[0], statements[2]]);
        assert.deepEqual(traces(before), []);
    });
});
