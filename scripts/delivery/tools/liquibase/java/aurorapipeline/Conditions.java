package aurorapipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import liquibase.precondition.Precondition;
import liquibase.precondition.PreconditionLogic;
import liquibase.precondition.core.PreconditionContainer;

/**
 * Preconditions as a plan shows them: every field that Liquibase keeps of one is an attribute here, including those of
 * later versions. They decide whether a changeset runs, and its SQL does not show them.
 */
final class Conditions {
    private static final Set<String> NOT_ATTRIBUTES = Set.of("nestedPreconditions");

    private Conditions() {}

    /** Null if there are none. */
    static Json of(Precondition precondition) {
        return precondition == null || isEmpty(precondition) ? null : json(precondition);
    }

    /**
     * Liquibase keeps an empty container for a changelog without any, and another for each changelog that it includes.
     */
    private static boolean isEmpty(Precondition precondition) {
        return precondition instanceof PreconditionContainer
            && ((PreconditionLogic) precondition).getNestedPreconditions().stream().allMatch(Conditions::isEmpty);
    }

    private static Json json(Precondition precondition) {
        List<Json> nested = new ArrayList<>();
        if (precondition instanceof PreconditionLogic) {
            for (Precondition one : ((PreconditionLogic) precondition).getNestedPreconditions()) {
                if (one != null) {
                    nested.add(json(one));
                }
            }
        }
        Json attributes = new Json();
        attributesOf(precondition).forEach(attributes::with);
        return new Json().with("name", precondition.getName()).with("attributes", attributes).withAll("nested", nested);
    }

    /** Sorted by name: Liquibase keeps them in hash order. */
    private static Map<String, String> attributesOf(Precondition precondition) {
        Map<String, String> attributes = new TreeMap<>();
        for (String field : new TreeSet<>(precondition.getSerializableFields())) {
            Object value = NOT_ATTRIBUTES.contains(field) ? null : precondition.getSerializableFieldValue(field);
            if (value != null) {
                attributes.put(field, value.toString());
            }
        }
        return attributes;
    }
}
