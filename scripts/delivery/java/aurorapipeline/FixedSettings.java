package aurorapipeline;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import liquibase.configuration.ConfigurationValueProvider;
import liquibase.configuration.LiquibaseConfiguration;
import liquibase.configuration.core.EnvironmentValueProvider;
import liquibase.configuration.core.SystemPropertyValueProvider;

/**
 * Liquibase's settings from system properties and from the environment, read once: nothing changes them while a session
 * runs. Liquibase asks for a setting several times for each statement, and its own providers copy and hash all properties
 * each time.
 */
final class FixedSettings {
    /** Liquibase looks values up anew when this changes; 0 stands for not yet read. */
    private static final int NEVER_CHANGES = 1;

    private FixedSettings() {}

    /** They take the places of the providers that they extend. */
    static void register(LiquibaseConfiguration configuration) {
        for (ConfigurationValueProvider provider : List.copyOf(configuration.getProviders())) {
            if (provider.getClass() == SystemPropertyValueProvider.class) {
                replace(configuration, provider, new FromProperties());
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

    private static final class FromProperties extends SystemPropertyValueProvider {
        private final Properties properties = (Properties) System.getProperties().clone();

        @Override
        protected Map<?, ?> getMap() {
            return properties;
        }

        @Override
        protected int getMapHash() {
            return NEVER_CHANGES;
        }
    }

    private static final class FromEnvironment extends EnvironmentValueProvider {
        @Override
        protected int getMapHash() {
            return NEVER_CHANGES;
        }
    }
}
