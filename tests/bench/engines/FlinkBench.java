import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.flink.cep.CEP;
import org.apache.flink.cep.functions.PatternProcessFunction;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.SimpleCondition;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.SinkFunction;
import org.apache.flink.streaming.api.functions.source.SourceFunction;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.util.Collector;

/**
 * The chain in Flink CEP: state on the heap, no checkpoints, one task of each kind.
 *
 * usage: FlinkBench chain EVENTS.tsv ROUNDS ALERTS
 *
 * Each round is a job of its own; what a job of the first thousand events costs is taken off. The first round warms up.
 */
public class FlinkBench {
    private static final int SMALL = 1000;
    private static final int PER_WATERMARK = 1000;
    private static Pay[] events;
    private static final TreeSet<String> alerts = new TreeSet<>();

    private static class Source implements SourceFunction<Pay> {
        private final int count;

        Source(int count) { this.count = count; }

        @Override
        public void run(SourceContext<Pay> context) {
            for (int i = 0; i < count; i++) {
                context.collectWithTimestamp(events[i], events[i].at);
                if (i % PER_WATERMARK == PER_WATERMARK - 1) {
                    context.emitWatermark(new Watermark(events[i].at - 1));
                }
            }
        }

        @Override
        public void cancel() {}
    }

    private static class Sink implements SinkFunction<Integer> {
        @Override
        public void invoke(Integer number, Context context) {
            synchronized (alerts) {
                alerts.add(Pay.alert("chain", number));
            }
        }
    }

    private static class Told extends PatternProcessFunction<Pay, Integer> {
        @Override
        public void processMatch(Map<String, List<Pay>> match, Context context, Collector<Integer> out) {
            out.collect(match.get("c").get(0).number);
        }
    }

    private static SimpleCondition<Pay> is(String what) {
        return SimpleCondition.of(event -> event.what.equals(what));
    }

    private static double job(int count) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.setParallelism(1);
        environment.getConfig().enableObjectReuse();
        Pattern<Pay, ?> chain = Pattern.<Pay>begin("a", AfterMatchSkipStrategy.noSkip()).where(is("A"))
            .followedBy("b").where(is("B")).followedBy("c").where(is("C")).within(Duration.ofMillis(60_001));
        DataStream<Pay> source = environment.addSource(new Source(count), "source", org.apache.flink.api.common.typeinfo.TypeInformation.of(Pay.class));
        CEP.pattern(source.keyBy(event -> event.card), chain).process(new Told()).addSink(new Sink());
        double begun = Pay.cpu();
        environment.execute();
        return Pay.cpu() - begun;
    }

    public static void main(String[] words) throws Exception {
        events = Pay.read(words[1]);
        int rounds = Integer.parseInt(words[2]);
        double[] costs = new double[rounds - 1];
        for (int round = 0; round < rounds; round++) {
            double small = job(SMALL);
            double whole = job(events.length);
            if (round > 0) {
                costs[round - 1] = (whole - small) / (events.length - SMALL);
            }
        }
        Pay.write(words[3], alerts);
        System.out.printf("{\"events\": %d, \"alerts\": %d, \"ns\": %.0f}%n", events.length, alerts.size(), Pay.middle(costs) * 1e9);
        System.exit(0);
    }
}
