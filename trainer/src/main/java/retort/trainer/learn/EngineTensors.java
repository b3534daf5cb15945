package retort.trainer.learn;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import retort.trainer.engine.Engine;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.NamedTensors;

/** Tensors on the device for a writer on another thread than the engine's. Each tensor is read by one task of the engine. */
final class EngineTensors implements NamedTensors {
    private final Engine engine;
    private final Map<String, Form> forms;
    private final Function<String, HostTensor> look;

    EngineTensors(Engine engine, Callable<Map<String, Form>> forms, Function<String, HostTensor> look) {
        this.engine = engine;
        this.forms = engine.call(forms);
        this.look = look;
    }

    @Override
    public Map<String, Form> forms() {
        return forms;
    }

    @Override
    public HostTensor tensor(String name) {
        return engine.call(() -> look.apply(name));
    }
}
