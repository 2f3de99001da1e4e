import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** Characters that RDS refuses in a password; AWS's rotation leaves the same ones out. */
export const refusedCharacters = `/@"'\\ `;

/** A password that every engine takes: 32 characters (MySQL takes 41), each kind at least twice. */
export function generatePassword(name: string, parent: pulumi.Resource): pulumi.Output<string> {
    const password = new random.RandomPassword(
        name,
        { length: 32, overrideSpecial: "!#%*-_=+:.?", minLower: 2, minUpper: 2, minNumeric: 2, minSpecial: 2 },
        { parent },
    );
    return pulumi.secret(password.result);
}
