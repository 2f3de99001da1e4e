/** A class that leaves a file behind wherever Java runs any of it: in the source, since builds run in the migrations directory. */
export const trace = "ran-by-java";

const header = `package hostile;
import java.nio.file.*;
import liquibase.database.Database;
import liquibase.exception.ValidationErrors;
import liquibase.resource.ResourceAccessor;
`;

const leaveTrace = `
    static { trace(); }
    public {CLASS}() { trace(); }
    static void trace() {
        try { Files.writeString(Path.of("../${trace}"), "x"); } catch (java.io.IOException error) { throw new RuntimeException(error); }
    }
`;

const hostileClass = (name: string, types: string, body = "") =>
    `${header}public class ${name} ${types} {${leaveTrace.replace("{CLASS}", name)}${body}}`;

export const hostileClasses: Record<string, string> = {
    "hostile/Change.java": hostileClass(
        "Change",
        "implements liquibase.change.custom.CustomSqlChange",
        `
    public liquibase.statement.SqlStatement[] generateStatements(Database database) {
        return new liquibase.statement.SqlStatement[] {
            new liquibase.statement.core.RawParameterizedSqlStatement("CREATE TABLE by_class (id int)") };
    }
    public String getConfirmationMessage() { return "done"; }
    public void setUp() {}
    public void setFileOpener(ResourceAccessor accessor) {}
    public ValidationErrors validate(Database database) { return new ValidationErrors(); }
`,
    ),
    "hostile/Condition.java": hostileClass(
        "Condition",
        "implements liquibase.precondition.CustomPrecondition",
        "\n    public void check(Database database) {}\n",
    ),
    "hostile/Filter.java": hostileClass(
        "Filter",
        "implements liquibase.changelog.IncludeAllFilter, java.util.Comparator<String>",
        `
    public boolean include(String path) { return true; }
    public int compare(String a, String b) { return a.compareTo(b); }
`,
    ),
    "hostile/Driver.java": hostileClass(
        "Driver",
        "implements java.sql.Driver",
        `
    public java.sql.Connection connect(String url, java.util.Properties info) { return null; }
    public boolean acceptsURL(String url) { return false; }
    public java.sql.DriverPropertyInfo[] getPropertyInfo(String url, java.util.Properties info) { return null; }
    public int getMajorVersion() { return 1; }
    public int getMinorVersion() { return 1; }
    public boolean jdbcCompliant() { return false; }
    public java.util.logging.Logger getParentLogger() { return null; }
`,
    ),
    "hostile/Parser.java": hostileClass("Parser", "extends liquibase.parser.core.yaml.YamlChangeLogParser"),
};
