# Masked autoencoders (MAE, arXiv 2111.06377), their distillation (DMAE, arXiv 2208.12256) and the classifiers made from them, as
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
  epsilon : float             # of every LayerNorm; so is the teacher's
  depth : int                 # blocks that run; all of them, or up to the last aligned one where nothing follows it
  pooling : str               # avg (of patch tokens) or token (the class token)
  decoder_heads : int
  decoder_depth : int         # 0: nothing is reconstructed
  teacher_heads : int
  teacher_epsilon : float
  teacher_depth : int         # blocks of the teacher that run; 0: no teacher
  teacher_decoder_heads : int
  teacher_decoder_depth : int # blocks of the teacher's decoder that run, and are compared with the student's decoder; 0: none
  teacher_pooling : str
  visible : int               # K
  teacher_visible : int       # K of the teacher, at least the student's
  student_blocks : List[int]  # aligned pairs, counted from 0, ascending
  teacher_blocks : List[int]
  projection : str            # fc, linear, mlp, mlp2, none
  distance : str              # l1, l2, smooth-l1, cosine; of relations scores-l2, softmax-l2, kl
  beta : float                # difference from which smooth-l1 is linear
  sum_channels : bool         # over the channels of a token; else their mean
  unit_features : bool        # compare directions, not lengths
  standardized_targets : bool # each token of the teacher without its mean and deviation
  standard_epsilon : float    # added to the variance for it
  relations : List[int]       # pairs of queries (0), keys (1) and values (2) whose products are compared; none: features are
  head_adapter : bool         # the student's heads are mapped to the teacher's; else its width is split into as many as the teacher has
  generator_depth : int       # blocks that predict the teacher's features at the patches that it alone sees; 0: none
  aligned : bool              # the student has no decoder, and a learned mix of its blocks is compared; the teacher sees every patch
  mixed : bool                # else the student's last block is
  second_heads : int          # of another teacher
  second_epsilon : float
  second_depth : int          # 0: there is none
  second_blocks : List[int]
  second_weight : float       # of its part in the feature loss
  attentive : bool            # the teacher's attention draws the patches that the student sees
  norm_pix : bool             # targets standardised patch by patch
  first_weight : float        # of the reconstruction or classification loss
  distillation_weight : float
  generation_weight : float
  classes : int
  smoothing : float           # of labels
  temperature : float         # of compared logits
  micro_batches : int         # the batch is taken in so many parts, whose gradients add up
  clip : float                # largest global gradient norm; 0: any
  beta1 : float
  beta2 : float

  # ---- Layers. In mixed precision the factors of a matrix product are bfloat16; residual stream, norms, losses are float32.

  def multiply(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.linear(torch.to(x, self.product), torch.to(weight, self.product), torch.to(bias, self.product))

  def linear(self, x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
    return self.multiply(x, w[name + ".weight"], w[name + ".bias"])

  def norm(self, x: Tensor, w: Dict[str, Tensor], name: str, epsilon: float) -> Tensor:
    return torch.layer_norm(x, [x.size(-1)], w[name + ".weight"], w[name + ".bias"], epsilon)

  # Teachers of other makes have other MLPs, each under layer names of its own: SwiGLU under DINOv2's, CLIP's quick GELU under
  # CLIP's, and SigLIP's tanh approximation of the GELU.
  def mlp(self, x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
    if name + ".fc1.weight" in w:
      return self.linear(torch.gelu(self.linear(x, w, name + ".fc1")), w, name + ".fc2")
    elif name + ".w12.weight" in w:
      a, b = torch.chunk(self.linear(x, w, name + ".w12"), 2, -1)
      return self.linear(torch.silu(a) * b, w, name + ".w3")
    elif name + ".lin1.weight" in w:
      return self.linear(torch.gelu(self.linear(x, w, name + ".lin1"), approximate="tanh"), w, name + ".lin2")
    y = self.linear(x, w, name + ".c_fc")
    return self.linear(y * torch.sigmoid(1.702 * y), w, name + ".c_proj")

  # Layer scale: a vector that the output of a branch is multiplied by, where the model has one.
  def scaled(self, x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
    return x * w[name + ".gamma"] if name + ".gamma" in w else x

  # q (N, T, H, D / H), k and v (N, S, H, D / H) -> (N, T, D). A CPU's fused bfloat16 attention takes two to three times as long as
  # its products do, most of it in its gradient; these go by so many images at a time that their scores stay in the cache.
  def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    n, t, h, d = q.size(0), q.size(1), q.size(2), q.size(3)
    if self.product == 6 or q.is_cuda:
      y = torch.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2))
    else:
      images = max(1, 5000000 // (h * t * k.size(1)))
      qs, ks, vs = torch.split(q * d ** -0.5, images), torch.split(k, images), torch.split(v, images)
      parts: List[Tensor] = []
      for i in range(len(qs)):
        scores = torch.matmul(qs[i].transpose(1, 2), ks[i].permute([0, 2, 3, 1]))
        parts.append(torch.matmul(torch.softmax(scores, -1), vs[i].transpose(1, 2)))
      y = parts[0] if len(parts) == 1 else torch.cat(parts)
    return y.transpose(1, 2).reshape([n, t, h * d])

  # qkv rows: all of q, then k, then v, each head by head. Unbinding the axis of three after the heads are split off leaves
  # gradients that one stack puts together again; slicing would fill and add three tensors of the full size.
  def attention(self, x: Tensor, w: Dict[str, Tensor], name: str, heads: int, epsilon: float) -> Tensor:
    n, l, d = x.size(0), x.size(1), x.size(2)
    q, k, v = torch.unbind(self.linear(x, w, name + ".qkv").view([n, l, 3, heads, d // heads]), 2)
    if name + ".q_norm.weight" in w:
      q = torch.to(self.norm(torch.to(q, 6), w, name + ".q_norm", epsilon), self.product)
      k = torch.to(self.norm(torch.to(k, 6), w, name + ".k_norm", epsilon), self.product)
    return self.linear(self.attend(q, k, v), w, name + ".proj")

  # Stochastic depth: a branch (N, T, D), number `at` of `kept` (N, 2 * depth), which enlarges an image's branch or leaves it out.
  def keep(self, y: Tensor, kept: Optional[Tensor], at: int) -> Tensor:
    return y if kept is None else y * torch.unsqueeze(kept[:, at:at + 1], 2)

  # Block i of those that `kept` has branches of.
  def dropped_block(self, x: Tensor, kept: Optional[Tensor], i: int, w: Dict[str, Tensor], name: str, heads: int,
                    epsilon: float) -> Tensor:
    y = self.attention(self.norm(x, w, name + ".norm1", epsilon), w, name + ".attn", heads, epsilon)
    x = x + self.keep(self.scaled(y, w, name + ".ls1"), kept, 2 * i)
    y = self.mlp(self.norm(x, w, name + ".norm2", epsilon), w, name + ".mlp")
    return x + self.keep(self.scaled(y, w, name + ".ls2"), kept, 2 * i + 1)

  def block(self, x: Tensor, w: Dict[str, Tensor], name: str, heads: int, epsilon: float) -> Tensor:
    return self.dropped_block(x, annotate(Optional[Tensor], None), 0, w, name, heads, epsilon)

  # A decoder's block whose output is wanted from token `first` on: the tokens before it give keys and values and nothing else.
  def last_block(self, x: Tensor, first: int, w: Dict[str, Tensor], name: str, heads: int) -> Tensor:
    n, l, d = x.size(0), x.size(1), x.size(2)
    weight, bias = w[name + ".attn.qkv.weight"], w[name + ".attn.qkv.bias"]
    y = self.norm(x, w, name + ".norm1", 1e-6)
    q = self.multiply(y[:, first:], weight[:d], bias[:d]).view([n, l - first, heads, d // heads])
    k, v = torch.unbind(self.multiply(y, weight[d:], bias[d:]).view([n, l, 2, heads, d // heads]), 2)
    x = x[:, first:] + self.linear(self.attend(q, k, v), w, name + ".attn.proj")
    return x + self.mlp(self.norm(x, w, name + ".norm2", 1e-6), w, name + ".mlp")

  # ---- Pixels.

  # (N, H, W, C) -> (N, L, P): patches row by row, each by row, column, channel, still in the images' own type.
  def patchify(self, images: Tensor) -> Tensor:
    n, side, c, p = images.size(0), images.size(1), images.size(3), self.patch
    g = side // p
    return images.view([n, g, p, g, p * c]).transpose(2, 3).reshape([n, g * g, p * p * c])

  # (N, L, P) -> (N, len(order), P). Comes before `normalize`: uint8 moves a quarter of the bytes that float32 would.
  def choose(self, patches: Tensor, order: Tensor) -> Tensor:
    n, l, p = patches.size(0), patches.size(1), patches.size(2)
    at = order + torch.arange(0, n * l, l, device=order.device).unsqueeze(1)
    return torch.index_select(patches.view([n * l, p]), 0, at.reshape([-1])).view([n, order.size(1), p])

  # Whatever the pixels came in, to float32 with the stream's mean and deviation: x * scale + shift, channel by channel.
  def normalize(self, x: Tensor, stream: Dict[str, Tensor]) -> Tensor:
    scale = stream["scale"]
    return torch.addcmul(stream["shift"], torch.to(x, 6).reshape([-1, scale.size(0)]), scale).view(x.size())

  def standardize(self, x: Tensor) -> Tensor:
    var, mean = torch.var_mean(x, [-1], unbiased=True, keepdim=True)
    return (x - mean) / torch.sqrt(var + 1e-6)

  # ---- Encoder.

  # (N, K, P) -> (N, T, D): the class token, the K patches, and then, where a model has them, its registers and its distillation
  # token. They stand last because attention does not see the order, and so patch k is token 1 + k in every model. The kernel's
  # weight is (D, C, p, p) and a patch's channel comes last.
  def embed(self, x: Tensor, positions: Tensor, w: Dict[str, Tensor], epsilon: float) -> Tensor:
    kernel = w["patch_embed.proj.weight"]
    n, d = x.size(0), kernel.size(0)
    x = self.multiply(x, kernel.permute([0, 2, 3, 1]).reshape([d, -1]), w["patch_embed.proj.bias"]) + positions
    if "cls_token" in w:
      first = w["cls_token"] + w["pos_embed"][:, :1]
      x = torch.cat([first.expand([n, 1, d]), x], 1)
    if "reg_token" in w:
      x = torch.cat([x, w["reg_token"].expand([n, -1, d])], 1)
    if "dist_token" in w:
      x = torch.cat([x, w["dist_token"].expand([n, 1, d])], 1)
    return self.norm(x, w, "norm_pre", epsilon) if "norm_pre.weight" in w else x

  # How many tokens stand before the patches.
  def before(self, w: Dict[str, Tensor]) -> int:
    return 1 if "cls_token" in w else 0

  # Of chosen patches: (N, len(order), D).
  def positions(self, order: Tensor, w: Dict[str, Tensor]) -> Tensor:
    return torch.embedding(w["pos_embed"][0], order + 1)

  # The outputs of the blocks in `taps`, and last the output of all `depth` blocks.
  def encode(self, x: Tensor, w: Dict[str, Tensor], heads: int, epsilon: float, depth: int, taps: List[int]) -> List[Tensor]:
    return self.dropped_encode(x, annotate(Optional[Tensor], None), w, heads, epsilon, depth, taps)

  # The same of a model that learns.
  def dropped_encode(self, x: Tensor, kept: Optional[Tensor], w: Dict[str, Tensor], heads: int, epsilon: float, depth: int,
                     taps: List[int]) -> List[Tensor]:
    outputs: List[Tensor] = []
    for i in range(depth):
      x = self.dropped_block(x, kept, i, w, "blocks." + str(i), heads, epsilon)
      if i in taps:
        outputs.append(x)
    outputs.append(x)
    return outputs

  # ---- Decoder.

  # Latent (N, 1 + K, D) -> the class token and all patches (N, 1 + L, D of the decoder), in masking order.
  def decoder_tokens(self, latent: Tensor, order: Tensor, w: Dict[str, Tensor]) -> Tensor:
    mask = w["mask_token"]
    n, m, d = order.size(0), 1 + order.size(1) - latent.size(1), mask.size(2)
    x = torch.cat([torch.to(self.linear(latent, w, "decoder_embed"), 6), mask.expand([n, m, d])], 1)
    return x + torch.embedding(w["decoder_pos_embed"][0], torch.constant_pad_nd(order + 1, [1, 0]))

  # These tokens behind `depth` blocks.
  def decoder_features(self, latent: Tensor, order: Tensor, w: Dict[str, Tensor], heads: int, depth: int) -> Tensor:
    x = self.decoder_tokens(latent, order, w)
    for i in range(depth):
      x = self.block(x, w, "decoder_blocks." + str(i), heads, 1e-6)
    return x

  # Latent (N, 1 + K, D) -> values (N, 1 + L - first, P) of the tokens from `first` on, in masking order.
  def decode(self, latent: Tensor, order: Tensor, first: int, w: Dict[str, Tensor]) -> Tensor:
    x = self.decoder_tokens(latent, order, w)
    last = self.decoder_depth - 1
    for i in range(last):
      x = self.block(x, w, "decoder_blocks." + str(i), self.decoder_heads, 1e-6)
    x = self.last_block(x, first, w, "decoder_blocks." + str(last), self.decoder_heads)
    return torch.to(self.linear(self.norm(x, w, "decoder_norm", 1e-6), w, "decoder_pred"), 6)

  # ---- Features compared.

  def project(self, x: Tensor, w: Dict[str, Tensor], pair: int) -> Tensor:
    name = "aligned_feature_projection_heads." + str(pair)
    if self.projection == "fc":
      x = self.linear(x, w, name)
    elif self.projection == "linear":
      x = torch.linear(torch.to(x, self.product), torch.to(w[name + ".weight"], self.product))
    elif self.projection == "mlp":
      x = self.mlp(x, w, name)
    elif self.projection == "mlp2":
      x = self.mlp(self.mlp(x, w, name + ".0"), w, name + ".1")
    return torch.to(x, 6)

  def standardize_tokens(self, x: Tensor) -> Tensor:
    return torch.layer_norm(x, [x.size(-1)], eps=self.standard_epsilon)

  def unit(self, x: Tensor) -> Tensor:
    return x / torch.clamp_min(torch.norm(x, 2, [-1], True), 1e-12)

  def compare(self, a: Tensor, b: Tensor) -> Tensor:
    if self.distance == "l1":
      mean = torch.l1_loss(a, b)
    elif self.distance == "l2":
      mean = torch.mse_loss(a, b)
    elif self.distance == "smooth-l1":
      mean = torch.smooth_l1_loss(a, b, beta=self.beta)
    else:
      return 1.0 - torch.mean(torch.sum(self.unit(a) * self.unit(b), [-1]))
    return mean * float(a.size(-1)) if self.sum_channels else mean

  # The same of features as they come.
  def compare_features(self, feature: Tensor, target: Tensor) -> Tensor:
    if self.standardized_targets:
      target = self.standardize_tokens(target)
    if self.unit_features:
      target, feature = self.unit(target), self.unit(feature)
    return self.compare(feature, target)

  # The same at aligned pair i, whose features (N, T, D) are `feature` behind their head.
  def compare_pair(self, features: Tensor, feature: Tensor, target: Tensor, i: int,
                   trace: Optional[Dict[str, Tensor]]) -> Tensor:
    if self.standardized_targets:
      target = self.standardize_tokens(target)
    if trace is not None:
      trace["teacher_feature." + str(i)] = target
      trace["student_feature." + str(i)] = features
      trace["student_projected." + str(i)] = feature
    if self.unit_features:
      target, feature = self.unit(target), self.unit(feature)
      if trace is not None:
        trace["teacher_normalized." + str(i)] = target
        trace["student_projected_normalized." + str(i)] = feature
    pair = self.compare(feature, target)
    if trace is not None:
      trace["distill_loss." + str(i)] = pair
    return pair

  # What the teacher has at the patches that it alone sees, predicted by blocks that see the student's projected features (N, T, D of
  # the teacher), mask tokens at these patches, and the places of both: (N, K of the teacher - K, D).
  def generate(self, feature: Tensor, order: Tensor, w: Dict[str, Tensor], pair: int) -> Tensor:
    name = "generators." + str(pair)
    n, t, d = feature.size(0), feature.size(1), feature.size(2)
    x = torch.cat([feature, w[name + ".mask_token"].expand([n, self.teacher_visible - self.visible, d])], 1)
    places = torch.constant_pad_nd(order[:, :self.teacher_visible] + 1, [t - self.visible, 0])
    x = x + torch.embedding(w["generators.pos_embed"][0], places)
    last = self.generator_depth - 1
    for i in range(last):
      x = self.block(x, w, name + ".blocks." + str(i), self.teacher_heads, 1e-6)
    return self.last_block(x, t, w, name + ".blocks." + str(last), self.teacher_heads)

  # A model that does not learn: the factors of its matrix products are brought to their type once, not at every step.
  def freeze(self, w: Dict[str, Tensor]) -> Dict[str, Tensor]:
    frozen: Dict[str, Tensor] = {}
    for name in w.keys():
      single = name.find("norm") >= 0 or name.endswith("gamma") or name.endswith("_token") or name.endswith("pos_embed")
      frozen[name] = w[name] if single else torch.to(w[name], self.product)
    return frozen

  # The teacher's outputs at its aligned blocks: the class token if there is one, the patches that the student sees too, those that
  # the teacher alone sees, and its other tokens. It is frozen: nothing is kept of it.
  def teach(self, patches: Tensor, order: Tensor, teacher: Dict[str, Tensor], stream: Dict[str, Tensor]) -> List[Tensor]:
    k = self.teacher_visible
    x = self.embed(self.normalize(patches[:, :k], stream), self.positions(order[:, :k], teacher), teacher, self.teacher_epsilon)
    return self.encode(x, teacher, self.teacher_heads, self.teacher_epsilon, self.teacher_depth, self.teacher_blocks)

  # ---- Relations compared: how the tokens of a block look at each other, and how their values resemble each other.

  # Queries (0), keys (1) or values (2) alone: (N, T, D), head by head.
  def third(self, y: Tensor, w: Dict[str, Tensor], name: str, i: int, heads: int, epsilon: float) -> Tensor:
    n, t, d = y.size(0), y.size(1), y.size(2)
    a, b = i * d, i * d + d
    x = self.multiply(y, w[name + ".qkv.weight"][a:b], w[name + ".qkv.bias"][a:b])
    norm = name + (".q_norm" if i == 0 else ".k_norm")
    if i < 2 and norm + ".weight" in w:
      x = torch.to(self.norm(torch.to(x.view([n, t, heads, d // heads]), 6), w, norm, epsilon), self.product).view([n, t, d])
    return x

  # Scaled products of a and b (N, T, D), each split into `heads`: (N, heads, T, T), and their softmax unless they are compared
  # without one. For kl its logarithm.
  def relation(self, a: Tensor, b: Tensor, heads: int) -> Tensor:
    n, t, d = a.size(0), a.size(1), a.size(2) // heads
    a, b = a.view([n, t, heads, d]).transpose(1, 2), b.view([n, t, heads, d]).permute([0, 2, 3, 1])
    scores = torch.to(torch.matmul(a * d ** -0.5, b), 6)
    if self.distance == "kl":
      return torch.log_softmax(scores, -1)
    return torch.softmax(scores, -1) if self.distance == "softmax-l2" else scores

  # The attention that belongs to a relation of queries to keys.
  def attention_of(self, relation: Tensor) -> Tensor:
    if self.distance == "kl":
      return torch.exp(relation)
    return torch.softmax(relation, -1) if self.distance == "scores-l2" else relation

  # The relations at the blocks in `taps`, and last, where `whole`, the output of all blocks. Where it is not, the last of them
  # ends with its relations. Attention is computed once where a relation is what the block attends with.
  def relate(self, x: Tensor, kept: Optional[Tensor], w: Dict[str, Tensor], heads: int, epsilon: float, depth: int,
             taps: List[int], split: int, whole: bool) -> List[Tensor]:
    outputs: List[Tensor] = []
    for i in range(depth):
      name = "blocks." + str(i)
      if i in taps:
        ends = i == depth - 1 and not whole
        y = self.norm(x, w, name + ".norm1", epsilon)
        thirds: List[Tensor] = []
        for j in range(3):
          thirds.append(self.third(y, w, name + ".attn", j, heads, epsilon) if j in self.relations or not ends else y)
        attends: List[Tensor] = []
        for j in range(len(self.relations) // 2):
          a, b = self.relations[2 * j], self.relations[2 * j + 1]
          outputs.append(self.relation(thirds[a], thirds[b], split))
          if a == 0 and b == 1 and split == heads:
            attends.append(outputs[-1])
        if not ends:
          n, t, d = x.size(0), x.size(1), x.size(2)
          v = thirds[2].view([n, t, heads, d // heads])
          if len(attends) > 0:
            y = torch.matmul(torch.to(self.attention_of(attends[0]), self.product), v.transpose(1, 2))
            y = y.transpose(1, 2).reshape([n, t, d])
          else:
            y = self.attend(thirds[0].view([n, t, heads, d // heads]), thirds[1].view([n, t, heads, d // heads]), v)
          x = x + self.keep(self.scaled(self.linear(y, w, name + ".attn.proj"), w, name + ".ls1"), kept, 2 * i)
          y = self.mlp(self.norm(x, w, name + ".norm2", epsilon), w, name + ".mlp")
          x = x + self.keep(self.scaled(y, w, name + ".ls2"), kept, 2 * i + 1)
      else:
        x = self.dropped_block(x, kept, i, w, name, heads, epsilon)
    if whole:
      outputs.append(x)
    return outputs

  # A 1x1 convolution over heads: (N, H, T, T) -> (N, H of the teacher, T, T).
  def adapt(self, relation: Tensor, w: Dict[str, Tensor], pair: int) -> Tensor:
    n, h, t = relation.size(0), relation.size(1), relation.size(2)
    weight = w["relation_adapters." + str(pair) + ".weight"]
    return torch.matmul(weight, relation.view([n, h, t * t])).view([n, weight.size(0), t, t])

  def compare_relations(self, own: List[Tensor], patches: Tensor, order: Tensor, student: Dict[str, Tensor],
                        teacher: Dict[str, Tensor], stream: Dict[str, Tensor], trace: Optional[Dict[str, Tensor]]) -> Tensor:
    k = self.visible
    x = self.embed(self.normalize(patches[:, :k], stream), self.positions(order[:, :k], teacher), teacher, self.teacher_epsilon)
    targets = self.relate(x, annotate(Optional[Tensor], None), teacher, self.teacher_heads, self.teacher_epsilon,
                          self.teacher_depth, self.teacher_blocks, self.teacher_heads, False)
    distillation = torch.zeros([], device=order.device)
    for i in range(len(targets)):
      target = targets[i]
      relation = self.adapt(own[i], student, i) if self.head_adapter else own[i]
      if self.distance == "kl":
        pair = torch.mean(torch.sum(torch.exp(target) * (target - relation), [-1]))
      else:
        pair = torch.mse_loss(relation, target)
      if trace is not None:
        trace["teacher_relation." + str(i)] = target
        trace["student_relation." + str(i)] = relation
        trace["distill_loss." + str(i)] = pair
      distillation = distillation + pair
    return distillation

  # ---- Decoders compared, at the tokens of all patches, masked and visible ones.

  def compare_decoders(self, latent: Tensor, patches: Tensor, order: Tensor, student: Dict[str, Tensor],
                       teacher: Dict[str, Tensor], stream: Dict[str, Tensor]) -> Tensor:
    k = self.visible
    none: List[int] = []
    x = self.embed(self.normalize(patches[:, :k], stream), self.positions(order[:, :k], teacher), teacher, self.teacher_epsilon)
    x = self.encode(x, teacher, self.teacher_heads, self.teacher_epsilon, self.teacher_depth, none)[-1]
    target = self.decoder_features(self.norm(x, teacher, "norm", self.teacher_epsilon), order, teacher,
                                   self.teacher_decoder_heads, self.teacher_decoder_depth)
    feature = self.project(self.decoder_features(latent, order, student, self.decoder_heads, self.decoder_depth), student, 0)
    return self.compare_features(feature, target)

  # ---- Alignment (MaskAlign, arXiv 2211.08887): the teacher sees every patch, the student those that are kept.

  # Patches drawn without replacement, the first ones more likely where `weights` (N, L) are larger: `draws` (N, L) is exponentially
  # distributed, and the smallest quotients win, as in torch.multinomial. Equal ones stay in the order of the patches.
  def drawn(self, draws: Tensor, weights: Tensor) -> Tensor:
    _, order = torch.sort(draws / torch.clamp_min(weights, 1e-30), stable=True, dim=1, descending=False)
    return order[:, :self.visible]

  # Queries of the class token (N, 1, D), its attention to all tokens: (N, H, 1, T).
  def attention_to(self, q: Tensor, k: Tensor, heads: int) -> Tensor:
    n, d = q.size(0), q.size(2) // heads
    scores = torch.matmul((q * d ** -0.5).view([n, 1, heads, d]).transpose(1, 2), k.permute([0, 2, 3, 1]))
    return torch.softmax(torch.to(scores, 6), -1)

  # A teacher that sees every patch: the patches that are kept, and the outputs of `blocks` for their tokens alone. In the last block all
  # tokens give keys and values, and nothing else where that is enough. Where attention draws the patches, the class token's is computed
  # once for both uses. `draws` is the masking order, or the numbers that `drawn` takes where `attentive`.
  def teach_whole(self, patches: Tensor, draws: Tensor, attentive: bool, w: Dict[str, Tensor], heads: int, epsilon: float, depth: int,
                  blocks: List[int], stream: Dict[str, Tensor]) -> Tuple[Tensor, List[Tensor]]:
    x = self.embed(self.normalize(patches, stream), w["pos_embed"][:, 1:], w, epsilon)
    outputs = self.encode(x, w, heads, epsilon, depth - 1, blocks)
    x = outputs[-1]
    name = "blocks." + str(depth - 1)
    at = name + ".attn"
    n, t, d = x.size(0), x.size(1), x.size(2)
    y = self.norm(x, w, name + ".norm1", epsilon)
    k = self.third(y, w, at, 1, heads, epsilon).view([n, t, heads, d // heads])
    attention: List[Tensor] = []
    if attentive:
      attention.append(self.attention_to(self.third(y[:, :1], w, at, 0, heads, epsilon), k, heads))
      kept = self.drawn(draws, torch.mean(attention[0][:, :, 0, 1:1 + draws.size(1)], [1]))
    else:
      kept = draws[:, :self.visible]
    tokens = torch.constant_pad_nd(kept + 1, [1, 0]) if self.before(w) == 1 else kept
    features: List[Tensor] = []
    for i in range(len(outputs) - 1):
      features.append(self.choose(outputs[i], tokens))
    if depth - 1 in blocks:
      v = self.third(y, w, at, 2, heads, epsilon).view([n, t, heads, d // heads])
      q = self.third(self.choose(y, tokens)[:, len(attention):], w, at, 0, heads, epsilon)
      y = self.attend(q.view([n, q.size(1), heads, d // heads]), k, v)
      if attentive:
        own = torch.matmul(torch.to(attention[0], self.product), v.transpose(1, 2))
        y = torch.cat([own.transpose(1, 2).reshape([n, 1, d]), y], 1)
      x = self.choose(x, tokens) + self.scaled(self.linear(y, w, at + ".proj"), w, name + ".ls1")
      y = self.mlp(self.norm(x, w, name + ".norm2", epsilon), w, name + ".mlp")
      features.append(x + self.scaled(y, w, name + ".ls2"))
    return (kept, features)

  # The tensors of the second teacher under the names of a teacher.
  def second(self, teacher: Dict[str, Tensor]) -> Dict[str, Tensor]:
    own: Dict[str, Tensor] = {}
    for name in teacher.keys():
      if name.startswith("second."):
        own[name[7:]] = teacher[name]
    return own

  # The mean distance over blocks of a teacher, of which the first is compared behind head `first` and by this row of the mix. `outputs`
  # are those of all the student's blocks, (N, T, D). A teacher without a class token has nothing to compare the student's with.
  def align_with(self, targets: List[Tensor], class_token: bool, first: int, outputs: List[Tensor], student: Dict[str, Tensor],
                 trace: Optional[Dict[str, Tensor]]) -> Tensor:
    own = outputs[-1] if class_token else outputs[-1][:, 1:]
    n, t, d = own.size(0), own.size(1), own.size(2)
    mixed = own.unsqueeze(0)
    if self.mixed:
      stacked = torch.stack(outputs)[:, :, -t:].reshape([len(outputs), n * t * d])
      mixed = torch.matmul(student["aligned_feature_mix"][first:first + len(targets)], stacked).view([-1, n, t, d])
    distance = torch.zeros([], device=own.device)
    for i in range(len(targets)):
      feature = mixed[i if self.mixed else 0]
      projected = self.project(feature, student, first + i)
      distance = distance + self.compare_pair(feature, projected, targets[i], first + i, trace)
    return distance / float(len(targets))

  def align(self, images: Tensor, draws: Tensor, dropped: Optional[Tensor], student: Dict[str, Tensor],
            teacher: Dict[str, Tensor], stream: Dict[str, Tensor], trace: Optional[Dict[str, Tensor]]) -> Tensor:
    patches = self.patchify(images)
    kept, targets = self.teach_whole(patches, draws, self.attentive, teacher, self.teacher_heads, self.teacher_epsilon,
                                     self.teacher_depth, self.teacher_blocks, stream)
    x = self.embed(self.normalize(self.choose(patches, kept), stream), self.positions(kept, student), student, self.epsilon)
    every: List[int] = []
    for i in range(self.depth):
      every.append(i)
    outputs = self.dropped_encode(x, dropped, student, self.heads, self.epsilon, self.depth, every)[:self.depth]
    distillation = self.align_with(targets, "cls_token" in teacher, 0, outputs, student, trace)
    if self.second_depth > 0:
      w = self.second(teacher)
      _, others = self.teach_whole(patches, kept, False, w, self.second_heads, self.second_epsilon, self.second_depth,
                                   self.second_blocks, stream)
      part = self.align_with(others, "cls_token" in w, len(targets), outputs, student, trace)
      distillation = distillation + self.second_weight * part
    return distillation

  # ---- Pre-training and distillation.

  # Total, reconstruction and distillation loss of a batch, and with a generator the loss of what it predicts. A check that passes a
  # dictionary as `trace` finds in it every tensor on the way, under the name that the reference values have.
  def losses(self, images: Tensor, order: Tensor, student: Dict[str, Tensor], teacher: Dict[str, Tensor],
             stream: Dict[str, Tensor], trace: Optional[Dict[str, Tensor]]) -> Tensor:
    return self.dropped_losses(images, order, annotate(Optional[Tensor], None), student, teacher, stream, trace)

  # The same of a student whose images leave out branches of its encoder, as `kept` (N, 2 * depth) says.
  def dropped_losses(self, images: Tensor, order: Tensor, kept: Optional[Tensor], student: Dict[str, Tensor],
                     teacher: Dict[str, Tensor], stream: Dict[str, Tensor], trace: Optional[Dict[str, Tensor]]) -> Tensor:
    if self.aligned:
      distillation = self.align(images, order, kept, student, teacher, stream, trace)
      return torch.stack([self.distillation_weight * distillation, torch.zeros([], device=order.device), distillation])
    k, reconstructs = self.visible, self.decoder_depth > 0 and self.teacher_decoder_depth == 0
    patches = self.choose(self.patchify(images), order if reconstructs else order[:, :self.teacher_visible])
    x = self.embed(self.normalize(patches[:, :k], stream), self.positions(order[:, :k], student), student, self.epsilon)
    if len(self.relations) > 0:
      features = self.relate(x, kept, student, self.heads, self.epsilon, self.depth, self.student_blocks,
                             self.heads if self.head_adapter else self.teacher_heads, reconstructs)
    else:
      features = self.dropped_encode(x, kept, student, self.heads, self.epsilon, self.depth, self.student_blocks)
    reconstruction = torch.zeros([], device=order.device)
    distillation = torch.zeros([], device=order.device)
    generation = torch.zeros([], device=order.device)
    if len(self.relations) > 0:
      distillation = self.compare_relations(features, patches, order, student, teacher, stream, trace)
    elif self.teacher_decoder_depth > 0:
      latent = self.norm(features[-1], student, "norm", self.epsilon)
      distillation = self.compare_decoders(latent, patches, order, student, teacher, stream)
    elif self.teacher_depth > 0:
      targets = self.teach(patches, order, teacher, stream)
      seen = self.before(teacher) + k
      for i in range(len(self.student_blocks)):
        # A teacher without a class token has nothing that the student's could be compared with.
        own = features[i] if "cls_token" in teacher else features[i][:, 1:]
        target, feature = targets[i][:, :seen], self.project(own, student, i)
        if self.generator_depth > 0:
          unseen = targets[i][:, seen:seen + self.teacher_visible - k]
          generation = generation + self.compare_features(self.generate(feature, order, student, i), unseen)
        distillation = distillation + self.compare_pair(features[i], feature, target, i, trace)
    if reconstructs:
      latent = self.norm(features[-1], student, "norm", self.epsilon)
      predicted = self.decode(latent, order, 1 + k, student)
      target = self.normalize(patches[:, k:], stream)
      if self.norm_pix:
        target = self.standardize(target)
      if trace is not None:
        trace["student_latent"] = latent
        trace["target"] = target
      # Every image masks as many patches: the mean over all is the mean over each patch, then over the batch's masked patches.
      reconstruction = torch.mse_loss(predicted, target)
    total = self.first_weight * reconstruction + self.distillation_weight * distillation
    if self.generator_depth > 0:
      return torch.stack([total + self.generation_weight * generation, reconstruction, distillation, generation])
    return torch.stack([total, reconstruction, distillation])

  # Losses (3, or 4 with a generator) and the gradient of the total, from micro-batch after micro-batch.
  def gradients(self, images: Tensor, order: Tensor, student: Dict[str, Tensor], teacher: Dict[str, Tensor],
                stream: Dict[str, Tensor], parameters: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
    return self.dropped_gradients(images, order, annotate(Optional[Tensor], None), student, teacher, stream, parameters)

  def dropped_gradients(self, images: Tensor, order: Tensor, kept: Optional[Tensor], student: Dict[str, Tensor],
                        teacher: Dict[str, Tensor], stream: Dict[str, Tensor],
                        parameters: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
    sums: List[Tensor] = []
    losses = torch.zeros([4 if self.generator_depth > 0 else 3], device=order.device)
    size = images.size(0) // self.micro_batches
    none = annotate(Optional[Dict[str, Tensor]], None)
    for i in range(self.micro_batches):
      a, b = i * size, (i + 1) * size
      part = self.dropped_losses(images[a:b], order[a:b], self.images_of(kept, a, b), student, teacher, stream, none)
      part = part / float(self.micro_batches)
      sums = self.accumulate(sums, torch.grad([part[0]], parameters))
      losses = losses + torch.detach(part)
    return (losses, sums)

  # Of images a to b.
  def images_of(self, kept: Optional[Tensor], a: int, b: int) -> Optional[Tensor]:
    return kept if kept is None else kept[a:b]

  # One optimiser step: losses and the gradient's global norm (1), still on the device.
  def step(self, images: Tensor, order: Tensor, student: Dict[str, Tensor], teacher: Dict[str, Tensor],
           stream: Dict[str, Tensor], parameters: List[Tensor], m: List[Tensor], v: List[Tensor],
           ends: List[int], rates: List[float], decays: List[float], update: float) -> Tensor:
    losses, grads = self.gradients(images, order, student, teacher, stream, parameters)
    return torch.cat([losses, self.update(parameters, grads, m, v, ends, rates, decays, update)])

  # The same with the draws of the branches.
  def dropped_step(self, images: Tensor, order: Tensor, kept: Tensor, student: Dict[str, Tensor], teacher: Dict[str, Tensor],
                   stream: Dict[str, Tensor], parameters: List[Tensor], m: List[Tensor], v: List[Tensor],
                   ends: List[int], rates: List[float], decays: List[float], update: float) -> Tensor:
    losses, grads = self.dropped_gradients(images, order, kept, student, teacher, stream, parameters)
    return torch.cat([losses, self.update(parameters, grads, m, v, ends, rates, decays, update)])

  # ---- Fine-tuning. Its draws come as numbers where the host needs them to cut, and else in `draws` (N, 2 + 2 * depth): label,
  # partner in the batch, and two multipliers a block.

  # Boxes of 7: image, top, left, height, width, and where in the noise to begin. Timm's random erasing, mode pixel, but for the
  # noise, which is one picture that was drawn beforehand. Writes to x.
  def erase(self, x: Tensor, boxes: List[int], stream: Dict[str, Tensor]) -> Tensor:
    for i in range(len(boxes) // 7):
      n, y, z, h, w = boxes[7 * i], boxes[7 * i + 1], boxes[7 * i + 2], boxes[7 * i + 3], boxes[7 * i + 4]
      top, left = boxes[7 * i + 5], boxes[7 * i + 6]
      torch.copy_(x[n, y:y + h, z:z + w], stream["noise"][top:top + h, left:left + w])
    return x

  # Mixup, or cutmix where there is a box (top, bottom, left, right) that the partner shows through.
  def mix(self, x: Tensor, partner: Tensor, share: float, box: List[int]) -> Tensor:
    if share == 1.0:
      return x
    other = torch.index_select(x, 0, partner)
    if len(box) == 0:
      return x * share + other * (1.0 - share)
    y0, y1, x0, x1 = box[0], box[1], box[2], box[3]
    mixed = torch.clone(x)
    torch.copy_(mixed[:, y0:y1, x0:x1], other[:, y0:y1, x0:x1])
    return mixed

  # (N, classes): smoothed, and mixed as the images are.
  def soft_targets(self, labels: Tensor, partner: Tensor, share: float) -> Tensor:
    low = self.smoothing / float(self.classes)
    own = torch.full([labels.size(0), self.classes], low, device=labels.device)
    own = torch.scatter(own, 1, labels.unsqueeze(1), 1.0 - self.smoothing + low)
    return own * share + torch.index_select(own, 0, partner) * (1.0 - share)

  # Normalised images (N, H, W, C) -> all tokens (N, T, D).
  def tokens(self, images: Tensor, kept: Optional[Tensor], w: Dict[str, Tensor], heads: int, epsilon: float,
             depth: int) -> Tensor:
    x = self.embed(self.patchify(images), w["pos_embed"][:, 1:], w, epsilon)
    none: List[int] = []
    return self.dropped_encode(x, kept, w, heads, epsilon, depth, none)[-1]

  # These tokens -> (N, D): averaged patch tokens and fc_norm, or norm and the class token.
  def pool(self, x: Tensor, w: Dict[str, Tensor], epsilon: float, pooling: str) -> Tensor:
    if pooling == "token":
      return self.norm(x[:, 0], w, "norm", epsilon)
    return self.norm(torch.mean(self.patches_of(x, w), [1]), w, "fc_norm", epsilon)

  def represent(self, images: Tensor, kept: Optional[Tensor], w: Dict[str, Tensor], heads: int, epsilon: float, depth: int,
                pooling: str) -> Tensor:
    return self.pool(self.tokens(images, kept, w, heads, epsilon, depth), w, epsilon, pooling)

  # (N, T, D) of unmasked images -> (N, L, D): without the tokens that are no patches.
  def patches_of(self, x: Tensor, w: Dict[str, Tensor]) -> Tensor:
    first = self.before(w)
    return x[:, first:first + w["pos_embed"].size(1) - 1]

  # The logits (N, classes) of each head: that of the pooled tokens, and that of the distillation token if there is one.
  def classify(self, images: Tensor, kept: Optional[Tensor], w: Dict[str, Tensor]) -> List[Tensor]:
    x = self.tokens(images, kept, w, self.heads, self.epsilon, self.depth)
    answers = [torch.to(self.linear(self.pool(x, w, self.epsilon, self.pooling), w, "head"), 6)]
    if "dist_token" in w:
      answers.append(torch.to(self.linear(self.norm(x[:, -1], w, "norm", self.epsilon), w, "head_dist"), 6))
    return answers

  def cross_entropy(self, logits: Tensor, targets: Tensor) -> Tensor:
    return -torch.mean(torch.sum(targets * torch.log_softmax(logits, -1), [-1]))

  # How far the student's answers are from the teacher's. Those of a distillation token: cross entropy with the teacher's first choice.
  # Others: Kullback-Leibler divergence of softened answers, times the temperature squared.
  def compare_logits(self, images: Tensor, logits: Tensor, teacher: Dict[str, Tensor], first_choice: bool) -> Tensor:
    x = self.represent(images, annotate(Optional[Tensor], None), teacher, self.teacher_heads, self.teacher_epsilon,
                       self.teacher_depth, self.teacher_pooling)
    taught = torch.to(self.linear(x, teacher, "head"), 6)
    if first_choice:
      return torch.cross_entropy_loss(logits, torch.argmax(taught, -1))
    answers = torch.log_softmax(taught / self.temperature, -1)
    own = torch.log_softmax(logits / self.temperature, -1)
    return torch.mean(torch.sum(torch.exp(answers) * (answers - own), [-1])) * self.temperature * self.temperature

  # Total, classification and distillation loss of images that are normalised and mixed.
  def classification_losses(self, images: Tensor, targets: Tensor, kept: Tensor, student: Dict[str, Tensor],
                            teacher: Dict[str, Tensor]) -> Tensor:
    answers = self.classify(images, kept, student)
    classification = self.cross_entropy(answers[0], targets)
    distillation = torch.zeros([], device=targets.device)
    if self.teacher_depth > 0:
      distillation = self.compare_logits(images, answers[-1], teacher, len(answers) > 1)
    total = self.first_weight * classification + self.distillation_weight * distillation
    return torch.stack([total, classification, distillation])

  def classification_gradients(self, images: Tensor, draws: Tensor, share: float, box: List[int], erased: List[int],
                               student: Dict[str, Tensor], teacher: Dict[str, Tensor], stream: Dict[str, Tensor],
                               parameters: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
    labels, partner, kept = torch.to(draws[:, 0], 4), torch.to(draws[:, 1], 4), draws[:, 2:]
    x = self.mix(self.erase(self.normalize(images, stream), erased, stream), partner, share, box)
    targets = self.soft_targets(labels, partner, share)
    sums: List[Tensor] = []
    losses = torch.zeros([3], device=draws.device)
    size = images.size(0) // self.micro_batches
    for i in range(self.micro_batches):
      a, b = i * size, (i + 1) * size
      part = self.classification_losses(x[a:b], targets[a:b], kept[a:b], student, teacher) / float(self.micro_batches)
      sums = self.accumulate(sums, torch.grad([part[0]], parameters))
      losses = losses + torch.detach(part)
    return (losses, sums)

  # As `step`.
  def classification_step(self, images: Tensor, draws: Tensor, share: float, box: List[int], erased: List[int],
                          student: Dict[str, Tensor], teacher: Dict[str, Tensor], stream: Dict[str, Tensor],
                          parameters: List[Tensor], m: List[Tensor], v: List[Tensor],
                          ends: List[int], rates: List[float], decays: List[float], update: float) -> Tensor:
    losses, grads = self.classification_gradients(images, draws, share, box, erased, student, teacher, stream, parameters)
    return torch.cat([losses, self.update(parameters, grads, m, v, ends, rates, decays, update)])

  # ---- Optimiser.

  # The fused optimiser walks memory, not elements: a gradient that comes permuted, as that of the patch kernel does, must not
  # reach it so.
  def accumulate(self, sums: List[Tensor], grads: List[Optional[Tensor]]) -> List[Tensor]:
    given: List[Tensor] = []
    for grad in grads:
      given.append(torch.contiguous(torch._unwrap_optional(grad)))
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

  # AdamW (decoupled decay, bias correction before eps), fused, a call for each group of parameters that share a decay and a
  # rate; group i ends before ends[i]. Returns the gradient's norm before clipping (1).
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
    return norm.reshape([1])

  # ---- Evaluation: images unmasked, or masked by an order that the caller drew.

  # (N, D): class token or mean of the patch tokens after the final norm; of a classifier, what its head looks at.
  def features(self, images: Tensor, w: Dict[str, Tensor], stream: Dict[str, Tensor]) -> Tensor:
    if self.classes > 0:
      none_kept = annotate(Optional[Tensor], None)
      return self.represent(self.normalize(images, stream), none_kept, w, self.heads, self.epsilon, self.depth, self.pooling)
    none: List[int] = []
    x = self.embed(self.normalize(self.patchify(images), stream), w["pos_embed"][:, 1:], w, self.epsilon)
    x = self.norm(self.encode(x, w, self.heads, self.epsilon, self.depth, none)[-1], w, "norm", self.epsilon)
    return x[:, 0] if self.pooling == "token" else torch.mean(self.patches_of(x, w), [1])

  # (N, classes), with nothing smoothed, mixed or dropped: the mean over the heads.
  def logits(self, images: Tensor, w: Dict[str, Tensor], stream: Dict[str, Tensor]) -> Tensor:
    answers = self.classify(self.normalize(images, stream), annotate(Optional[Tensor], None), w)
    return answers[0] if len(answers) == 1 else (answers[0] + answers[1]) / 2.0

  # Predicted and true values (N, M, P) of the patches after the first k in `order`.
  def reconstruct(self, images: Tensor, order: Tensor, k: int, w: Dict[str, Tensor],
                  stream: Dict[str, Tensor]) -> List[Tensor]:
    none: List[int] = []
    patches = self.normalize(self.choose(self.patchify(images), order), stream)
    x = self.embed(patches[:, :k], self.positions(order[:, :k], w), w, self.epsilon)
    x = self.norm(self.encode(x, w, self.heads, self.epsilon, self.depth, none)[-1], w, "norm", self.epsilon)
    return [self.decode(x, order, 1 + k, w), patches[:, k:]]

  # (N): the reconstruction loss of each image alone.
  def reconstruction_losses(self, images: Tensor, order: Tensor, k: int, norm_pix: bool, w: Dict[str, Tensor],
                            stream: Dict[str, Tensor]) -> Tensor:
    predicted, target = self.reconstruct(images, order, k, w, stream)
    if norm_pix:
      target = self.standardize(target)
    return torch.mean(torch.square(predicted - target), [1, 2])
