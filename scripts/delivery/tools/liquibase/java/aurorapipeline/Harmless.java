package aurorapipeline;

import java.util.Set;
import liquibase.change.Change;
import liquibase.change.core.*;
import liquibase.parser.ChangeLogParser;
import liquibase.parser.core.formattedsql.FormattedSqlChangeLogParser;
import liquibase.parser.core.sql.SqlChangeLogParser;
import liquibase.precondition.Precondition;
import liquibase.precondition.core.*;

/**
 * The allowed parts of a changelog: Liquibase's own changes, preconditions and formats, by class, all of which only
 * generate SQL or read the database. Everything else counts as code. A test compares the lists with the registrations
 * in Liquibase's jar, so that an upgrade that adds a class requires a decision about it.
 */
final class Harmless {
    private static final Set<Class<?>> CHANGES = Set.of(
        AddAutoIncrementChange.class,
        AddColumnChange.class,
        AddDefaultValueChange.class,
        AddForeignKeyConstraintChange.class,
        AddLookupTableChange.class,
        AddNotNullConstraintChange.class,
        AddPrimaryKeyChange.class,
        AddUniqueConstraintChange.class,
        AlterSequenceChange.class,
        CreateIndexChange.class,
        CreateProcedureChange.class,
        CreateSequenceChange.class,
        CreateTableChange.class,
        CreateViewChange.class,
        DeleteDataChange.class,
        DropAllForeignKeyConstraintsChange.class,
        DropColumnChange.class,
        DropDefaultValueChange.class,
        DropForeignKeyConstraintChange.class,
        DropIndexChange.class,
        DropNotNullConstraintChange.class,
        DropPrimaryKeyChange.class,
        DropProcedureChange.class,
        DropSequenceChange.class,
        DropTableChange.class,
        DropUniqueConstraintChange.class,
        DropViewChange.class,
        EmptyChange.class,
        InsertDataChange.class,
        LoadDataChange.class,
        LoadUpdateDataChange.class,
        MergeColumnChange.class,
        ModifyDataTypeChange.class,
        OutputChange.class,
        RawSQLChange.class,
        RenameColumnChange.class,
        RenameSequenceChange.class,
        RenameTableChange.class,
        RenameViewChange.class,
        SQLFileChange.class,
        SetColumnRemarksChange.class,
        SetTableRemarksChange.class,
        StopChange.class,
        TagDatabaseChange.class,
        UpdateDataChange.class
    );

    private static final Set<Class<?>> PRECONDITIONS = Set.of(
        AndPrecondition.class,
        ChangeLogPropertyDefinedPrecondition.class,
        ChangeSetExecutedPrecondition.class,
        ColumnExistsPrecondition.class,
        DBMSPrecondition.class,
        ForeignKeyExistsPrecondition.class,
        IndexExistsPrecondition.class,
        NotPrecondition.class,
        ObjectQuotingStrategyPrecondition.class,
        OrPrecondition.class,
        PreconditionContainer.class,
        PrimaryKeyExistsPrecondition.class,
        RowCountPrecondition.class,
        RunningAsPrecondition.class,
        SequenceExistsPrecondition.class,
        SqlPrecondition.class,
        TableExistsPrecondition.class,
        TableIsEmptyPrecondition.class,
        UniqueConstraintExistsPrecondition.class,
        ViewExistsPrecondition.class
    );

    private static final Set<Class<?>> FORMATS = Set.of(
        FormattedSqlChangeLogParser.class,
        SqlChangeLogParser.class,
        Parsers.Json.class,
        Parsers.Xml.class,
        Parsers.Yaml.class
    );

    /** The class in which Liquibase keeps the preconditions of a whole changelog; it is private. */
    private static final String ALL_OF_CHANGELOG = "liquibase.changelog.DatabaseChangeLog$GlobalPreconditionContainer";

    private Harmless() {}

    static boolean is(Change change) {
        return CHANGES.contains(change.getClass());
    }

    static boolean is(Precondition precondition) {
        Class<?> type = precondition.getClass();
        return PRECONDITIONS.contains(type) || type.getName().equals(ALL_OF_CHANGELOG);
    }

    static boolean is(ChangeLogParser parser) {
        return FORMATS.contains(parser.getClass());
    }

    /** For {@code runWith}: every executor except Liquibase's own for SQL starts a program. */
    static boolean isExecutor(String name) {
        return name == null || name.equalsIgnoreCase("jdbc");
    }
}
