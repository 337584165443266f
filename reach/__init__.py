"""What leaves the house: mail, webhooks, feeds, chat. Empty until the first of them is needed.

What will enter: something that happened, told by the transaction in which it did. It never decides what
happens in the house, and nothing in the house waits for it.
"""
