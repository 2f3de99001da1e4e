package aurorapipeline;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import liquibase.changelog.ChangeLogParameters;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.exception.ChangeLogParseException;
import liquibase.parser.core.ParsedNode;
import liquibase.parser.core.json.JsonChangeLogParser;
import liquibase.parser.core.xml.XMLChangeLogSAXParser;
import liquibase.parser.core.yaml.YamlChangeLogParser;
import liquibase.resource.ResourceAccessor;

/**
 * Liquibase's parsers of structured changelogs, which report what Liquibase evaluates during parsing and leaves no
 * trace of in the result: {@code includeAll} instantiates the classes that its attributes name. Registered in {@code
 * META-INF/services}.
 */
public final class Parsers {
    private static final String INCLUDE_ALL = "includeAll";
    private static final List<String> CLASSES = List.of("filter", "resourceFilter", "resourceComparator");

    private Parsers() {}

    /** XML. */
    public static final class Xml extends XMLChangeLogSAXParser {
        public Xml() {
            // Liquibase configures its own parser in the same way.
            setShouldWarnOnMismatchedXsdVersion(false);
        }

        @Override
        public int getPriority() {
            return super.getPriority() + 1;
        }

        @Override
        protected ParsedNode parseToNode(String file, ChangeLogParameters parameters, ResourceAccessor accessor)
            throws ChangeLogParseException {
            ParsedNode node = super.parseToNode(file, parameters, accessor);
            if (node != null) {
                inspect(node, file);
            }
            return node;
        }

        private static void inspect(ParsedNode node, String file) {
            for (ParsedNode child : node.getChildren()) {
                if (node.getName().equalsIgnoreCase(INCLUDE_ALL) && namesClass(child.getName())) {
                    Gate.instantiates(file, String.valueOf(child.getValue()));
                }
                inspect(child, file);
            }
        }
    }

    /** YAML. */
    public static final class Yaml extends YamlChangeLogParser {
        @Override
        public int getPriority() {
            return super.getPriority() + 1;
        }

        @Override
        protected void replaceParameters(Object part, ChangeLogParameters parameters, DatabaseChangeLog changeLog)
            throws ChangeLogParseException {
            inspect(part, changeLog);
            super.replaceParameters(part, parameters, changeLog);
        }
    }

    /** JSON, which Liquibase parses as YAML. */
    public static final class Json extends JsonChangeLogParser {
        @Override
        public int getPriority() {
            return super.getPriority() + 1;
        }

        @Override
        protected void replaceParameters(Object part, ChangeLogParameters parameters, DatabaseChangeLog changeLog)
            throws ChangeLogParseException {
            inspect(part, changeLog);
            super.replaceParameters(part, parameters, changeLog);
        }
    }

    /** Liquibase calls it for each map in the file, from the outermost inwards. */
    private static void inspect(Object part, DatabaseChangeLog changeLog) {
        if (part instanceof Map) {
            ((Map<?, ?>) part).forEach((name, value) -> {
                if (INCLUDE_ALL.equalsIgnoreCase(String.valueOf(name))) {
                    inspectAttributes(value, changeLog.getPhysicalFilePath());
                }
            });
        }
    }

    /** A map, or a list of maps, which Liquibase treats as one. */
    private static void inspectAttributes(Object attributes, String file) {
        if (attributes instanceof Collection) {
            ((Collection<?>) attributes).forEach(part -> inspectAttributes(part, file));
        } else if (attributes instanceof Map) {
            ((Map<?, ?>) attributes).forEach((name, value) -> {
                if (namesClass(String.valueOf(name)) && value != null) {
                    Gate.instantiates(file, value.toString());
                }
            });
        }
    }

    private static boolean namesClass(String attribute) {
        return CLASSES.stream().anyMatch(attribute::equalsIgnoreCase);
    }
}
