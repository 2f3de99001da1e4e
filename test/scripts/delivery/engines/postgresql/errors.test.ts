import * as assert from "node:assert/strict";
import {
    ConnectionLost,
    ErrorKind,
    isLockNotGiven,
    isTransientKind,
} from "../../../../../scripts/delivery/engines/errors";
import { errors, isTransient, NotTheWriter } from "../../../../../scripts/delivery/engines/postgresql/errors";
import { databaseErrors } from "../../../../../scripts/delivery/errors";

describe("a failure", () => {
    it("is transient if the connection or the server is the cause, also as the cause of another error", () => {
        for (const code of ["08006", "08003", "57P01", "57P02", "57P03", "25006", "ECONNRESET", "ECONNREFUSED"]) {
            assert.ok(isTransient(Object.assign(new Error("x"), { code })), code);
        }
        assert.ok(
            isTransient(new databaseErrors.QueryFailed({ reason: "x" }, { cause: new NotTheWriter("a reader") })),
        );
        assert.ok(isTransient(new ConnectionLost("x", false)));
        assert.ok(isTransient(new Error("Connection terminated unexpectedly")));
    });

    it("is permanent if the statement or the input is the cause", () => {
        for (const code of ["28P01", "42P07", "55P03", "57014", "3D000", "ENOTFOUND", "DEPTH_ZERO_SELF_SIGNED_CERT"]) {
            assert.ok(!isTransient(Object.assign(new Error("x"), { code })), code);
            assert.ok(!isTransientKind(errors.kindOf({ code })), code);
        }
        assert.ok(!isTransient("08006"));
    });

    it("is read from Liquibase's output", () => {
        assert.ok(errors.reportsLoss(["Connection to db:5432 refused. Check that"]));
        assert.ok(errors.reportsLoss(["x", "FATAL: the database system is shutting down"]));
        assert.ok(errors.reportsLoss(["ERROR: cannot execute CREATE TABLE in a read-only transaction"]));
        assert.ok(errors.reportsLoss(["Could not find a server with specified targetServerType: primary"]));
        assert.ok(!errors.reportsLoss(['ERROR: relation "a" already exists', 'FATAL: database "x" does not exist']));
    });
});

describe("an error of the server", () => {
    const kinds: [code: string, kind: ErrorKind | undefined][] = [
        ["08006", ErrorKind.ConnectionLost],
        ["57P01", ErrorKind.ConnectionLost],
        ["25006", ErrorKind.ReadOnly],
        ["55P03", ErrorKind.LockNotAvailable],
        ["40P01", ErrorKind.Deadlock],
        ["42501", ErrorKind.PermissionDenied],
        ["42P01", ErrorKind.Refused],
        ["22P02", ErrorKind.Refused],
        ["28P01", undefined],
        ["", undefined],
    ];
    for (const [code, kind] of kinds) {
        it(`with the code ${code || "that is missing"} is ${kind ?? "unclassified"}`, () => {
            assert.equal(errors.kindOf({ code }), kind);
        });
    }

    it("is a timeout or a cancellation by its message, which may begin with its severity", () => {
        const message = "canceling statement due to statement timeout";
        assert.equal(errors.kindOf({ code: "57014", message }), ErrorKind.TimedOut);
        assert.equal(errors.kindOf({ code: "57014", message: `ERROR: ${message}` }), ErrorKind.TimedOut);
        for (const other of ["canceling statement due to user request", `so it is: ${message}`, undefined]) {
            assert.equal(errors.kindOf({ code: "57014", message: other }), ErrorKind.Canceled, other);
        }
        assert.equal(errors.kindOf({ code: "42601", message }), ErrorKind.Refused);
    });

    it("reports lock timeouts and deadlocks", () => {
        const given = kinds.filter(([code]) => isLockNotGiven(errors.kindOf({ code })));
        assert.deepEqual(
            given.map(([code]) => code),
            ["55P03", "40P01"],
        );
    });

    it("reports why a tool's login was rejected", () => {
        const refusal = 'password authentication failed for user "owner"';
        assert.equal(errors.refusedLogin(["x", `FATAL: ${refusal}`]), refusal);
        assert.equal(errors.refusedLogin(["FATAL: the database system is shutting down"]), undefined);
    });
});
