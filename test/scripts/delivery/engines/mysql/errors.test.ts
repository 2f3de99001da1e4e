import assert from "node:assert/strict";
import { databaseErrors } from "../../../../../scripts/delivery/errors";
import { errors, NotTheWriter } from "../../../../../scripts/delivery/engines/mysql/errors";
import type { DatabaseSettings } from "../../../../../scripts/delivery/settings";

describe("MySQL's errors", () => {
    it("are identified by number, from a client and from a failed changeset", () => {
        const cases: [number, string][] = [
            [1205, "LockNotAvailable"],
            [3572, "LockNotAvailable"],
            [1213, "Deadlock"],
            [1290, "ReadOnly"],
            [1792, "ReadOnly"],
            [1836, "ReadOnly"],
            [2006, "ConnectionLost"],
            [2013, "ConnectionLost"],
            [1053, "ConnectionLost"],
            [1142, "PermissionDenied"],
            [1062, "Refused"],
            [1064, "Refused"],
        ];
        for (const [errno, kind] of cases) {
            assert.equal(errors.kindOf({ code: String(errno) }), kind, String(errno));
            assert.equal(errors.kindOf({ code: "ER_ANY", errno } as { code: string }), kind, String(errno));
        }
        assert.equal(errors.kindOf({ code: "08S01" }), "ConnectionLost");
        assert.equal(errors.kindOf({ code: "ECONNRESET", errno: -104 } as { code: string }), undefined);
        assert.equal(errors.kindOf({}), undefined);
    });

    it("are transient if another attempt may find the writer", () => {
        assert.ok(errors.isTransient(new NotTheWriter("a reader")));
        assert.ok(errors.isTransient(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })));
        assert.ok(errors.isTransient(new Error("wrapped", { cause: Object.assign(new Error("x"), { errno: 2013 }) })));
        assert.ok(!errors.isTransient(Object.assign(new Error("x"), { errno: 1062 })));
    });

    it("say why there is no connection", () => {
        const credential = { advice: () => "Ask." };
        const database = { name: "app", host: "h", port: 1, username: "u", credential };
        const kindOf = (message: string, code?: string) =>
            errors.connectionError(Object.assign(new Error(message), { code }), database as unknown as DatabaseSettings)
                .constructor;
        assert.equal(
            kindOf("Access denied for user 'u'@'h' (using password: YES)", "ER_ACCESS_DENIED_ERROR"),
            databaseErrors.CredentialRefused,
        );
        assert.equal(kindOf("Unknown database 'app'", "ER_BAD_DB_ERROR"), databaseErrors.DatabaseMissing);
        assert.equal(kindOf("certificate signature failure"), databaseErrors.CertificateUntrusted);
        assert.equal(kindOf("the server that answers at h:1 is a reader"), databaseErrors.NoWriter);
        assert.equal(kindOf("connect ECONNREFUSED", "ECONNREFUSED"), databaseErrors.NoAnswer);
        assert.equal(kindOf("Too many connections", "ER_CON_COUNT_ERROR"), databaseErrors.ConnectionsExhausted);
    });
});
