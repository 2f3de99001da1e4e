package aurorapipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.api.migration.JavaMigration;
import org.flywaydb.core.api.resource.LoadableResource;
import org.flywaydb.core.internal.database.base.Database;
import org.flywaydb.core.internal.parser.ParsingContext;
import org.flywaydb.core.internal.resource.ResourceName;
import org.flywaydb.core.internal.resource.ResourceNameParser;
import org.flywaydb.core.internal.scanner.Scanner;
import org.flywaydb.core.internal.sqlscript.SqlScript;
import org.flywaydb.core.internal.sqlscript.SqlScriptFactory;
import org.flywaydb.core.internal.sqlscript.SqlStatement;
import org.flywaydb.core.internal.sqlscript.SqlStatementIterator;

/** The scripts of a source, read by Flyway's own scanner and parser: their statements after placeholders, and what undoes them. */
final class FlywayScripts {
    private final Configuration configuration;
    private final Scanner<JavaMigration> scanner;
    private final SqlScriptFactory scripts;
    private final ParsingContext context = new ParsingContext();
    private final ResourceNameParser names;
    private final String undoPrefix;
    private List<Json> shared;

    FlywayScripts(Configuration configuration, Database database, String undoPrefix) {
        this.configuration = configuration;
        this.undoPrefix = undoPrefix;
        scanner = new Scanner<>(JavaMigration.class, configuration, configuration.getLocations());
        context.populate(database, configuration);
        scripts = database.getDatabaseType().createSqlScriptFactory(configuration, context);
        names = new ResourceNameParser(configuration);
    }

    /** One script, parsed. */
    static final class Parsed {
        final List<SqlStatement> statements = new ArrayList<>();
        final boolean inTransaction;

        Parsed(SqlScript script) {
            try (SqlStatementIterator iterator = script.getSqlStatements()) {
                while (iterator.hasNext()) {
                    statements.add(iterator.next());
                }
            }
            inTransaction = script.executeInTransaction();
        }

        List<String> sql() {
            List<String> texts = new ArrayList<>();
            statements.forEach(statement -> texts.add(textOf(statement.getSql(), statement.getDelimiter())));
            return texts;
        }
    }

    static String textOf(String sql, String delimiter) {
        return sql + delimiter;
    }

    Parsed of(MigrationInfo migration) {
        LoadableResource resource = scanner.getResource(migration.getScript());
        if (resource == null) {
            throw new FlywayException("The script " + migration.getScript() + " is not in the source");
        }
        return parsed(resource);
    }

    /** The script that undoes a migration: of the same version, or, for a repeatable one, of the same description. Null without one. */
    Parsed undoOf(MigrationVersion version, String description) {
        LoadableResource resource = undoResource(version, description);
        return resource == null ? null : parsed(resource);
    }

    private LoadableResource undoResource(MigrationVersion version, String description) {
        LoadableResource found = null;
        for (LoadableResource resource : scanner.getResources(undoPrefix, configuration.getSqlMigrationSuffixes())) {
            if (!undoes(resource.getFilename(), version, description)) {
                continue;
            }
            if (found != null) {
                throw new FlywayException("Two scripts undo the same migration: " + found.getRelativePath() + ", " + resource.getRelativePath());
            }
            found = resource;
        }
        return found;
    }

    private boolean undoes(String file, MigrationVersion version, String description) {
        String separator = configuration.getSqlMigrationSeparator();
        String name = file.substring(undoPrefix.length());
        for (String suffix : configuration.getSqlMigrationSuffixes()) {
            name = name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
        }
        int at = name.indexOf(separator);
        String of = at < 0 ? name : name.substring(0, at);
        if (version == null) {
            return of.isEmpty() && name.substring(separator.length()).replace('_', ' ').equals(description);
        }
        return of.matches("[0-9]+([._][0-9]+)*") && MigrationVersion.fromVersion(of).equals(version);
    }

    private Parsed parsed(LoadableResource resource) {
        ResourceName name = names.parse(resource.getFilename());
        context.updateFilenamePlaceholder(name, configuration);
        return new Parsed(scripts.createSqlScript(resource, configuration.isMixed(), scanner));
    }

    /** The files that decide what runs beside a script's own statements: its configuration, and the callbacks. */
    List<Json> files(MigrationInfo migration) {
        List<Json> files = new ArrayList<>();
        LoadableResource settings = scanner.getResource(migration.getScript() + ".conf");
        if (settings != null) {
            files.add(described(settings));
        }
        if (shared == null) {
            shared = callbackFiles().stream().map(FlywayScripts::described).collect(Collectors.toList());
        }
        files.addAll(shared);
        return files;
    }

    /** The SQL callbacks, with their statements after placeholders. */
    List<Json> callbacks() {
        return callbackFiles().stream()
            .map(resource -> new Json()
                .with("id", resource.getFilename())
                .with("author", FlywayJournal.AUTHOR)
                .with("file", pathOf(resource).toString())
                .with("sql", parsed(resource).sql()))
            .collect(Collectors.toList());
    }

    private List<LoadableResource> callbackFiles() {
        return scanner.getResources("", configuration.getSqlMigrationSuffixes()).stream()
            .filter(resource -> {
                ResourceName name = names.parse(resource.getFilename());
                return name.isValid() && Event.fromId(name.getPrefix()) != null;
            })
            .collect(Collectors.toList());
    }

    /** In the migrations directory. */
    private static Path pathOf(LoadableResource resource) {
        return Settings.directory().relativize(Path.of(Objects.requireNonNull(resource.getAbsolutePathOnDisk())));
    }

    private static Json described(LoadableResource resource) {
        try {
            Path file = pathOf(resource);
            byte[] content = Files.readAllBytes(Settings.directory().resolve(file));
            String path = file.toString();
            return new Json().with("path", path).with("bytes", content.length).with("sha256", sha256(content));
        } catch (IOException exception) {
            throw new FlywayException("Cannot read " + resource.getRelativePath(), exception);
        }
    }

    private static String sha256(byte[] content) {
        try {
            StringBuilder text = new StringBuilder();
            for (byte one : MessageDigest.getInstance("SHA-256").digest(content)) {
                text.append(String.format("%02x", one));
            }
            return text.toString();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
