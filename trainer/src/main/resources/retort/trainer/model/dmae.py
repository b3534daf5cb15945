# Masked autoencoders (MAE, arXiv 2111.06377), their distillation (DMAE, arXiv 2208.12256) and the classifier made from them, as
# TorchScript. One class serves training, evaluation and the reference checks. It keeps configuration and no weights: a model is a
# dictionary from the names that MAE and timm use to tensors, and every method is given the one it works with. (Modules that own
# their parameters would read the same, but could only be built by running Python.)
#
#   N batch    L patches of an image    K visible ones    M = L - K masked ones    D width    P = patch * patch * channels
#
# Nothing here draws a random number or reads a value back to the host. `order` (N, L) is the masking order of each image's
# patches, the K visible ones first, and tokens stay in that order throughout: what is masked is a slice, and nothing is ever
# put back in its place in the picture before a person looks at it.

class Dmae(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  product : int               # element type of matrix products: 6 is float32, 15 bfloat16. All else is float32
  patch : int                 # side of a patch, pixels
  heads : int
  depth : int                 # blocks that run; all of them, or up to the last aligned one where nothing follows it
  decoder_heads : int
  decoder_depth : int         # 0: nothing is reconstructed
  teacher_heads : int
  visible : int               # K
  teacher_visible : int       # K of the teacher, at least the student's
  student_blocks : List[int]  # aligned pairs, counted from 0, ascending; empty: no teacher
  teacher_blocks : List[int]
  projection : str            # fc, mlp, mlp2, none
  distance : str              # l1, l2, smooth-l1, cosine
  unit_features : bool        # compare directions, not lengths
  norm_pix : bool             # targets standardised patch by patch
  reconstruction_weight : float
  distillation_weight : float
  micro_batches : int         # the batch is taken in so many parts, whose gradients add up
  clip : float                # largest global gradient norm; 0: any
  beta1 : float
  beta2 : float
  pooling : str               # mean (of patch tokens) or class

  # Layers. In mixed precision only the factors of a matrix product are bfloat16: residual stream, norms, losses are float32.

  def multiply(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.linear(torch.to(x, self.product), torch.to(weight, self.product), torch.to(bias, self.product))

  def linear(self, x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
    return self.multiply(x, w[name + ".weight"], w[name + ".bias"])

  def norm(self, x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
    return torch.layer_norm(x, [x.size(-1)], w[name + ".weight"], w[name + ".bias"], 1e-6)

  def mlp(self, x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
    return self.linear(torch.gelu(self.linear(x, w, name + ".fc1")), w, name + ".fc2")

  # qkv rows: all of q, then k, then v, each head by head. Unbinding the axis of three after the heads are split off leaves
  # gradients that one stack puts together again; slicing would fill and add three tensors of the full size.
  def attention(self, x: Tensor, w: Dict[str, Tensor], name: str, heads: int) -> Tensor:
    n, l, d = x.size(0), x.size(1), x.size(2)
    q, k, v = torch.unbind(self.linear(x, w, name + ".qkv").view([n, l, 3, heads, d // heads]), 2)
    y = torch.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2))
    return self.linear(y.transpose(1, 2).reshape([n, l, d]), w, name + ".proj")

  def block(self, x: Tensor, w: Dict[str, Tensor], name: str, heads: int) -> Tensor:
    x = x + self.attention(self.norm(x, w, name + ".norm1"), w, name + ".attn", heads)
    return x + self.mlp(self.norm(x, w, name + ".norm2"), w, name + ".mlp")

  # A block whose output is wanted from token `first` on: the tokens before it give keys and values and nothing else.
  def last_block(self, x: Tensor, first: int, w: Dict[str, Tensor], name: str, heads: int) -> Tensor:
    n, l, d = x.size(0), x.size(1), x.size(2)
    weight, bias = w[name + ".attn.qkv.weight"], w[name + ".attn.qkv.bias"]
    y = self.norm(x, w, name + ".norm1")
    q = self.multiply(y[:, first:], weight[:d], bias[:d]).view([n, l - first, heads, d // heads])
    k, v = torch.unbind(self.multiply(y, weight[d:], bias[d:]).view([n, l, 2, heads, d // heads]), 2)
    y = torch.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2))
    x = x[:, first:] + self.linear(y.transpose(1, 2).reshape([n, l - first, d]), w, name + ".attn.proj")
    return x + self.mlp(self.norm(x, w, name + ".norm2"), w, name + ".mlp")

  # Pixels.

  # (N, H, W, C) -> (N, len(order), P), each patch by row, column, channel, still in the images' own type: uint8 moves a quarter
  # of the bytes that float32 would.
  def patches(self, images: Tensor, order: Tensor) -> Tensor:
    n, side, c, p = images.size(0), images.size(1), images.size(3), self.patch
    g = side // p
    rows = images.view([n, g, p, g, p * c]).transpose(2, 3).reshape([n * g * g, p * p * c])
    at = order + torch.arange(0, n * g * g, g * g, device=order.device).unsqueeze(1)
    return torch.index_select(rows, 0, at.reshape([-1])).view([n, order.size(1), p * p * c])

  # Whatever the images came in, to float32 with the stream's mean and deviation: x * scale + shift, channel by channel.
  def normalize(self, x: Tensor, stream: Dict[str, Tensor]) -> Tensor:
    scale = stream["scale"]
    y = torch.to(x, 6).view([-1, scale.size(0)])
    return torch.addcmul(stream["shift"], y, scale).view(x.size())

  def standardize(self, x: Tensor) -> Tensor:
    var, mean = torch.var_mean(x, [-1], unbiased=True, keepdim=True)
    return (x - mean) / torch.sqrt(var + 1e-6)

  # Encoder.

  # (N, K, P) -> (N, 1 + K, D). The kernel's weight is (D, C, p, p) and the patches' channel comes last.
  def embed(self, x: Tensor, order: Tensor, w: Dict[str, Tensor]) -> Tensor:
    kernel, positions = w["patch_embed.proj.weight"], w["pos_embed"][0]
    n, d = x.size(0), kernel.size(0)
    x = self.multiply(x, kernel.permute([0, 2, 3, 1]).reshape([d, -1]), w["patch_embed.proj.bias"])
    x = x + torch.embedding(positions, order + 1)
    first = w["cls_token"] + positions[:1]
    return torch.cat([first.expand([n, 1, d]), x], 1)

  # The outputs of the blocks in `taps`, and last the output of all `depth` blocks.
  def encode(self, x: Tensor, w: Dict[str, Tensor], heads: int, depth: int, taps: List[int]) -> List[Tensor]:
    outputs: List[Tensor] = []
    for i in range(depth):
      x = self.block(x, w, "blocks." + str(i), heads)
      if i in taps:
        outputs.append(x)
    outputs.append(x)
    return outputs

  # Decoder: latent (N, 1 + K, D) -> values (N, 1 + L - first, P) of the tokens from `first` on, in masking order.
  def decode(self, latent: Tensor, order: Tensor, first: int, w: Dict[str, Tensor]) -> Tensor:
    mask, positions = w["mask_token"], w["decoder_pos_embed"][0]
    n, l, k, d = order.size(0), order.size(1), latent.size(1) - 1, mask.size(2)
    seen = torch.to(self.linear(latent, w, "decoder_embed"), 6)
    x = torch.cat([seen, mask.expand([n, l - k, d])], 1)
    at = torch.constant_pad_nd(order + 1, [1, 0])
    x = x + torch.embedding(positions, at)
    last = self.decoder_depth - 1
    for i in range(last):
      x = self.block(x, w, "decoder_blocks." + str(i), self.decoder_heads)
    x = self.last_block(x, first, w, "decoder_blocks." + str(last), self.decoder_heads)
    return torch.to(self.linear(self.norm(x, w, "decoder_norm"), w, "decoder_pred"), 6)

  # Distillation.

  def project(self, x: Tensor, w: Dict[str, Tensor], pair: int) -> Tensor:
    name = "aligned_feature_projection_heads." + str(pair)
    if self.projection == "fc":
      x = self.linear(x, w, name)
    elif self.projection == "mlp":
      x = self.mlp(x, w, name)
    elif self.projection == "mlp2":
      x = self.mlp(self.mlp(x, w, name + ".0"), w, name + ".1")
    return torch.to(x, 6)

  def unit(self, x: Tensor) -> Tensor:
    return x / torch.clamp_min(torch.norm(x, 2, [-1], True), 1e-12)

  def compare(self, a: Tensor, b: Tensor) -> Tensor:
    if self.distance == "l1":
      return torch.l1_loss(a, b)
    elif self.distance == "l2":
      return torch.mse_loss(a, b)
    elif self.distance == "smooth-l1":
      return torch.smooth_l1_loss(a, b)
    return 1.0 - torch.mean(torch.sum(self.unit(a) * self.unit(b), [-1]))

  # The teacher's outputs at its aligned blocks, at the tokens that the student sees. It is frozen: it has no gradient to keep.
  def teach(self, patches: Tensor, order: Tensor, teacher: Dict[str, Tensor], stream: Dict[str, Tensor]) -> List[Tensor]:
    k = self.teacher_visible
    x = self.embed(self.normalize(patches[:, :k], stream), order[:, :k], teacher)
    features = self.encode(x, teacher, self.teacher_heads, self.teacher_blocks[-1] + 1, self.teacher_blocks)
    return [feature[:, :1 + self.visible] for feature in features]

  # Total, reconstruction and distillation loss of one batch. What `trace` is for: a check asks for it, and finds in it every
  # tensor on the way, by the name that the reference values have.
  def losses(self, images: Tensor, order: Tensor, student: Dict[str, Tensor], teacher: Dict[str, Tensor],
             stream: Dict[str, Tensor], trace: Optional[Dict[str, Tensor]]) -> Tensor:
    k = self.visible
    reconstructs, distils = self.decoder_depth > 0, len(self.student_blocks) > 0
    patches = self.patches(images, order if reconstructs else order[:, :self.teacher_visible])
    features = self.encode(self.embed(self.normalize(patches[:, :k], stream), order[:, :k], student), student,
                           self.heads, self.depth, self.student_blocks)
    zero = torch.zeros([], device=order.device)
    distillation, reconstruction = zero, zero
    if distils:
      targets = self.teach(patches, order, teacher, stream)
      for i in range(len(self.student_blocks)):
        target, feature = targets[i], self.project(features[i], student, i)
        if trace is not None:
          trace["teacher_feature." + str(i)] = target
          trace["student_feature." + str(i)] = features[i]
          trace["student_projected." + str(i)] = feature
        if self.unit_features:
          target, feature = self.unit(target), self.unit(feature)
          if trace is not None:
            trace["teacher_normalized." + str(i)] = target
            trace["student_projected_normalized." + str(i)] = feature
        distillation = distillation + self.compare(feature, target)
    if reconstructs:
      latent = self.norm(features[-1], student, "norm")
      target = self.normalize(patches[:, k:], stream)
      if self.norm_pix:
        target = self.standardize(target)
      predicted = self.decode(latent, order, 1 + k, student)
      if trace is not None:
        trace["student_latent"] = latent
        trace["target"] = target
        trace["pred"] = predicted
      # Every image masks as many patches: the mean over all is the mean over each patch, then over the batch's masked patches.
      reconstruction = torch.mse_loss(predicted, target)
    total = self.reconstruction_weight * reconstruction + self.distillation_weight * distillation
    return torch.stack([total, reconstruction, distillation])

  # Training.

  # One optimiser step: losses (3) and the gradient's global norm (1), still on the device. Parameters come in groups that share
  # a decay and a scale of the learning rate; group i ends before ends[i].
  def step(self, images: Tensor, order: Tensor, student: Dict[str, Tensor], teacher: Dict[str, Tensor],
           stream: Dict[str, Tensor], parameters: List[Tensor], m: List[Tensor], v: List[Tensor],
           ends: List[int], rates: List[float], decays: List[float], update: float) -> Tensor:
    grads: List[Tensor] = []
    losses = torch.zeros([3], device=order.device)
    size = images.size(0) // self.micro_batches
    for i in range(self.micro_batches):
      a, b = i * size, (i + 1) * size
      part = self.losses(images[a:b], order[a:b], student, teacher, stream, annotate(Optional[Dict[str, Tensor]], None))
      part = part / float(self.micro_batches)
      grads = self.accumulate(grads, torch.grad([part[0]], parameters))
      losses = losses + torch.detach(part)
    norm = self.update(parameters, grads, m, v, ends, rates, decays, update)
    return torch.cat([losses, norm.reshape([1])])

  def accumulate(self, sums: List[Tensor], grads: List[Optional[Tensor]]) -> List[Tensor]:
    given: List[Tensor] = []
    for grad in grads:
      given.append(torch._unwrap_optional(grad))
    if len(sums) == 0:
      return given
    torch._foreach_add_(sums, given)
    return sums

  # Elements a to b of a list, or its one element over and over. A slice would do, but the compiler takes what is in a slice for
  # tensors of its own, and drops an update that touches nothing else as having no effect.
  def span(self, tensors: List[Tensor], a: int, b: int) -> List[Tensor]:
    chosen: List[Tensor] = []
    for i in range(a, b):
      chosen.append(tensors[min(i, len(tensors) - 1)])
    return chosen

  # AdamW (decoupled decay, bias correction before eps), fused, a call for each group. Returns the gradient's norm before clipping.
  def update(self, parameters: List[Tensor], grads: List[Tensor], m: List[Tensor], v: List[Tensor],
             ends: List[int], rates: List[float], decays: List[float], update: float) -> Tensor:
    torch.set_grad_enabled(False)
    norm = torch.norm(torch.stack(torch._foreach_norm(grads)), 2)
    if self.clip > 0.0:
      torch._foreach_mul_(grads, torch.clamp_max(self.clip / (norm + 1e-6), 1.0))
    count = torch.full([], update, device=norm.device)
    none: List[Tensor] = []
    a = 0
    for i in range(len(ends)):
      b = ends[i]
      torch._fused_adamw_(self.span(parameters, a, b), self.span(grads, a, b), self.span(m, a, b), self.span(v, a, b), none,
                          self.span([count], 0, b - a), lr=rates[i], beta1=self.beta1, beta2=self.beta2,
                          weight_decay=decays[i], eps=1e-8, amsgrad=False, maximize=False)
      a = b
    torch.set_grad_enabled(True)
    return norm

  # Evaluation: images unmasked, or masked by an order that the caller drew.

  def every(self, images: Tensor) -> Tensor:
    l = (images.size(1) // self.patch) * (images.size(2) // self.patch)
    return torch.arange(l, device=images.device).unsqueeze(0).expand([images.size(0), l])

  # (N, D): class token or mean of the patch tokens after the final norm.
  def features(self, images: Tensor, w: Dict[str, Tensor], stream: Dict[str, Tensor]) -> Tensor:
    order = self.every(images)
    x = self.embed(self.normalize(self.patches(images, order), stream), order, w)
    none: List[int] = []
    x = self.norm(self.encode(x, w, self.heads, self.depth, none)[-1], w, "norm")
    return x[:, 0] if self.pooling == "class" else torch.mean(x[:, 1:], [1])

  # Predicted and true values (N, M, P) of the patches after the first k in `order`.
  def reconstruct(self, images: Tensor, order: Tensor, k: int, w: Dict[str, Tensor],
                  stream: Dict[str, Tensor]) -> List[Tensor]:
    patches = self.normalize(self.patches(images, order), stream)
    none: List[int] = []
    x = self.encode(self.embed(patches[:, :k], order[:, :k], w), w, self.heads, self.depth, none)[-1]
    return [self.decode(self.norm(x, w, "norm"), order, 1 + k, w), patches[:, k:]]

  # (N): the reconstruction loss of each image alone.
  def reconstruction_losses(self, images: Tensor, order: Tensor, k: int, norm_pix: bool, w: Dict[str, Tensor],
                            stream: Dict[str, Tensor]) -> Tensor:
    predicted, target = self.reconstruct(images, order, k, w, stream)
    if norm_pix:
      target = self.standardize(target)
    return torch.mean(torch.square(predicted - target), [1, 2])
