package aurorapipeline;

import java.util.List;
import java.util.Map;
import liquibase.configuration.ConfigurationValueProvider;
import liquibase.configuration.LiquibaseConfiguration;
import liquibase.configuration.core.EnvironmentValueProvider;
import liquibase.configuration.core.SystemPropertyValueProvider;

/**
 * Liquibase's settings from the environment that the parent passes, read once: nothing changes them during a session.
 * Liquibase asks for a setting several times for each statement, and its own providers copy and hash all properties
 * each time. Settings never come from system properties, which {@code JAVA_TOOL_OPTIONS} can set too: a plan would
 * depend on the machine.
 */
final class FixedSettings {
    /** Liquibase looks values up again when this changes; 0 means not read yet. */
    private static final int NEVER_CHANGES = 1;

    private FixedSettings() {}

    /** They replace the providers that they extend. */
    static void register(LiquibaseConfiguration configuration) {
        for (ConfigurationValueProvider provider : List.copyOf(configuration.getProviders())) {
            if (provider.getClass() == SystemPropertyValueProvider.class) {
                replace(configuration, provider, new NoProperties());
            } else if (provider.getClass() == EnvironmentValueProvider.class) {
                replace(configuration, provider, new FromEnvironment());
            }
        }
    }

    private static void replace(
        LiquibaseConfiguration configuration,
        ConfigurationValueProvider old,
        ConfigurationValueProvider fixed
    ) {
        configuration.unregisterProvider(old);
        configuration.registerProvider(fixed);
    }

    private static final class NoProperties extends SystemPropertyValueProvider {
        @Override
        protected Map<?, ?> getMap() {
            return Map.of();
        }

        @Override
        protected int getMapHash() {
            return NEVER_CHANGES;
        }
    }

    private static final class FromEnvironment extends EnvironmentValueProvider {
        @Override
        protected Map<?, ?> getMap() {
            return Settings.environment();
        }

        @Override
        protected int getMapHash() {
            return NEVER_CHANGES;
        }
    }
}
