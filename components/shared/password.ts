import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** Characters that RDS rejects in a password; AWS's rotation excludes the same ones. */
export const refusedCharacters = `/@"'\\ `;

/** A password that every engine accepts: 32 characters (MySQL accepts 41), at least two of each kind. */
export function generatePassword(name: string, parent: pulumi.Resource): pulumi.Output<string> {
    const password = new random.RandomPassword(
        name,
        { length: 32, overrideSpecial: "!#%*-_=+:.?", minLower: 2, minUpper: 2, minNumeric: 2, minSpecial: 2 },
        { parent },
    );
    return pulumi.secret(password.result);
}
