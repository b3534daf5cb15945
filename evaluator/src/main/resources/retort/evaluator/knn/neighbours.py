# Cosine similarities of unit rows, as TorchScript.

class Neighbours(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # queries (Q, W) and bank (B, W) -> similarities (Q, B), which are written to the beginning of `room`, and the highest of each query (Q).
  # A tensor of their own for each pair of tiles would be new memory each time: its first touch costs a third of the product.
  def compare(self, queries: Tensor, bank: Tensor, room: Tensor) -> List[Tensor]:
    q, b = queries.size(0), bank.size(0)
    similarities = torch.mm(queries, torch.t(bank), out=room[:q * b].view([q, b]))
    return [similarities, torch.amax(similarities, [1])]
