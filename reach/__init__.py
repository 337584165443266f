"""What leaves the house. So far: what is said in a clip, to a language model, where one is set (language_model.py); and
the question who somebody is, to a provider of single sign-on, where one is set (oidc.py).

Mail, webhooks, feeds and chat have their place here. What will enter of them: something that happened, told by the
transaction in which it did. It never decides what happens in the house, and no step waits for it.
"""
