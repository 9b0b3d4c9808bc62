import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.compiler.client.CompilerArguments;
import com.espertech.esper.compiler.client.EPCompilerProvider;
import com.espertech.esper.runtime.client.DeploymentOptions;
import com.espertech.esper.runtime.client.EPRuntime;
import com.espertech.esper.runtime.client.EPRuntimeProvider;
import com.espertech.esper.runtime.client.EPStatement;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeSet;

/**
 * The made rules in Esper, driven by the events' time, one matching thread.
 *
 * usage: EsperBench chain|context|pairs EVENTS.tsv ROUNDS ALERTS [RULES]
 *
 * The events are given ROUNDS times, each time an hour and more later, so that no round meets the one before. Of the first,
 * which warms up, the alerts are written; of the others the median cost is printed.
 */
public class EsperBench {
    private static final TreeSet<String> alerts = new TreeSet<>();
    private static boolean first = true;

    private static final String CHAIN =
        "@name('chain') select c.number as number from pattern [every a=Pay(what='A') -> "
        + "((b=Pay(what='B', card=a.card) -> c=Pay(what='C', card=a.card)) where timer:within(60 sec 1 msec))]";
    private static final String CONTEXT =
        "@name('ByCard') create context ByCard partition by card from Pay;\n"
        + "@name('chain') context ByCard select c.number as number from pattern [every a=Pay(what='A') -> "
        + "((b=Pay(what='B') -> c=Pay(what='C')) where timer:within(60 sec 1 msec))]";

    /* Compiled once and deployed with other parameters for each rule: a module compiled for each takes minutes. */
    private static final String PAIR =
        "@name('pair') select b.number as number from pattern [every a=Pay(merchant=?:bought:string, cents >= ?:least:long) -> "
        + "(b=Pay(merchant=?:refunded:string, card=a.card) where timer:within(10 min 1 msec))]";

    private static void deploy(EPRuntime runtime, EPCompiled compiled, DeploymentOptions options, String rule) throws Exception {
        for (EPStatement statement : runtime.getDeploymentService().deploy(compiled, options).getStatements()) {
            if (statement.getName().equals("ByCard")) {
                continue; // the context
            }
            statement.addListener((now, old, from, where) -> {
                if (first) {
                    Arrays.stream(now).forEach(row -> alerts.add(Pay.alert(rule, (Integer) row.get("number"))));
                }
            });
        }
    }

    private static void rules(EPRuntime runtime, Configuration configuration, String[] words) throws Exception {
        String module = Map.of("chain", CHAIN, "context", CONTEXT, "pairs", PAIR).get(words[0]);
        EPCompiled compiled = EPCompilerProvider.getCompiler().compile(module, new CompilerArguments(configuration));
        if (!words[0].equals("pairs")) {
            deploy(runtime, compiled, new DeploymentOptions(), "chain");
            return;
        }
        for (int i = 0; i < Integer.parseInt(words[4]); i++) {
            int n = i;
            deploy(runtime, compiled, new DeploymentOptions()
                .setStatementNameRuntime(context -> "pair_" + n)
                .setStatementSubstitutionParameter(context -> {
                    context.setObject("bought", "M" + n);
                    context.setObject("least", n % 50 * 100L);
                    context.setObject("refunded", "R" + n);
                }), "pair_" + n);
        }
    }

    public static void main(String[] words) throws Exception {
        Pay[] events = Pay.read(words[1]);
        int rounds = Integer.parseInt(words[2]);
        Configuration configuration = new Configuration();
        configuration.getCommon().addEventType(Pay.class);
        configuration.getRuntime().getThreading().setInternalTimerEnabled(false);
        configuration.getRuntime().getThreading().setListenerDispatchPreserveOrder(false);
        EPRuntime runtime = EPRuntimeProvider.getRuntime("bench", configuration);
        runtime.getEventService().advanceTime(events[0].at - 1);
        double begun = Pay.cpu();
        rules(runtime, configuration, words);
        double load = Pay.cpu() - begun;
        long later = events[events.length - 1].at - events[0].at + 3_600_000;
        double[] costs = new double[rounds - 1];
        for (int round = 0; round < rounds; round++) {
            begun = Pay.cpu();
            long last = 0;
            for (Pay event : events) {
                long at = event.at + round * later;
                if (at != last) {
                    runtime.getEventService().advanceTime(at);
                    last = at;
                }
                runtime.getEventService().sendEventBean(event, "Pay");
            }
            if (round > 0) {
                costs[round - 1] = (Pay.cpu() - begun) / events.length;
            }
            first = false;
        }
        Pay.write(words[3], alerts);
        System.out.printf("{\"events\": %d, \"alerts\": %d, \"load_cpu_s\": %.1f, \"ns\": %.0f}%n", events.length, alerts.size(),
            load, Pay.middle(costs) * 1e9);
        System.exit(0);
    }
}
