/** A change of the schema in `everything.sql`, and every line that the difference then has. */
export interface Change {
    sql: string;
    lines: string[];
}
