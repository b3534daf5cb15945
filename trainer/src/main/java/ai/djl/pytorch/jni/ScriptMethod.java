package ai.djl.pytorch.jni;

import ai.djl.pytorch.engine.PtSymbolBlock;

/**
 * Runs a method of a TorchScript module. DJL's own {@code IValueUtils.runMethod} always runs in inference mode, which records no
 * gradients, and {@code IValueUtils.forward} takes three times as long for a call with many tensors. Engine's thread only.
 */
public final class ScriptMethod {
    private ScriptMethod() {
    }

    /**
     * Runs a method.
     *
     * @param gradients false for inference mode, in which results cannot take part in a later gradient
     * @param arguments values that the caller still owns
     * @return the result; the caller closes it
     */
    public static IValue run(PtSymbolBlock module, String method, boolean gradients, IValue... arguments) {
        final long[] handles = new long[arguments.length];
        for (int i = 0; i < handles.length; i++)
            handles[i] = arguments[i].getHandle();
        return new IValue(PyTorchLibrary.LIB.moduleRunMethod(module.getHandle(), method, handles, gradients, false));
    }
}
