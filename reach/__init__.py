"""What leaves the house, each only where it is set: what is said in a clip, to a language model (language_model.py);
the question who somebody is, to a provider of single sign-on (oidc.py); mail (mail.py).

Webhooks, feeds and chat have their place here. What will enter of them: something that happened, told by the
transaction in which it did (store/telling.py knows it for people, and pipeline/digests.py how mail is sent of that).
It never decides what happens in the house, and no step waits for it.
"""
