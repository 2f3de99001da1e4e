import * as assert from "node:assert/strict";
import { scramVerifier } from "../../../../../../scripts/delivery/engines/postgresql/users/scram";

describe("a SCRAM verifier", () => {
    it("is the same as the server's own", () => {
        // RFC 7677's example: the password "pencil", its salt and iterations; the keys follow from its exchange.
        const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64");
        assert.equal(
            scramVerifier("pencil", salt),
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        );
    });

    it("has a new salt each time, and does not contain the password", () => {
        const [one, other] = [scramVerifier("pencil"), scramVerifier("pencil")];
        assert.notEqual(one, other);
        assert.ok(!one.includes("pencil"));
    });

    it("is the same for passwords that SASLprep considers equal", () => {
        const salt = Buffer.alloc(16);
        assert.equal(scramVerifier("I\u00adX", salt), scramVerifier("IX", salt));
        assert.equal(scramVerifier("\u2168", salt), scramVerifier("IX", salt));
        assert.equal(scramVerifier("a\u00a0b", salt), scramVerifier("a b", salt));
    });
});
