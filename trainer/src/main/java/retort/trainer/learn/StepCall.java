package retort.trainer.learn;

import ai.djl.ndarray.NDManager;
import java.util.List;
import retort.trainer.engine.DeviceTensors;
import retort.trainer.weights.HostTensor;

/**
 * The call of the program that is one optimiser step on a batch.
 *
 * @param method name of the method {@code (images, arguments ..., student, teacher, stream, parameters, m, v, ends, rates, decays,
 *     update)} of the program. It returns the parts of the loss and the norm of the gradient in one float32 tensor
 * @param arguments the arguments that belong to this step alone. A HostTensor is copied to the device in its own type, float32 or int64;
 *     a Double, an Integer, a Boolean or a list of numbers stays on the host
 */
public record StepCall(String method, List<Object> arguments) {
    public StepCall {
        arguments = List.copyOf(arguments);
    }

    /** The arguments as the program takes them. The manager {@code step} owns the tensors. Engine's thread only. */
    List<Object> upload(NDManager step) {
        return arguments.stream().map(argument -> argument instanceof HostTensor tensor
                ? DeviceTensors.uploadAsIs(step, tensor)
                : argument).toList();
    }
}
